"""One page on a session or a day: plots, figures and the certificate in a single HTML file."""
