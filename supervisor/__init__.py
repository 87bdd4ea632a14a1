"""Who lives and dies. Imports messages only; names its children's code by string."""
