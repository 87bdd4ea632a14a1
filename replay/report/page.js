"use strict";
(() => {
  const page = JSON.parse(document.getElementById("plots").textContent);
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const hidden = new Map(); // which traces the reader has switched, by plot and name
  const touch = matchMedia("(pointer: coarse)").matches;
  const PRINT_PX = 700;
  const PRINT_SHARE = 0.72; // of a plot's height, so that a sheet holds more of them
  const SIGNS = { "triangle-up-open": "△", "triangle-down-open": "▽", diamond: "◆", "circle-open": "○", x: "✕", circle: "●", square: "■", "triangle-right": "▷" };

  const filled = (value, colours) => {
    if (typeof value === "string") return value[0] === "$" && colours(value.slice(1)) || value;
    if (Array.isArray(value)) return value.map((one) => filled(one, colours));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, colours)]));
    }
    return value;
  };

  const palette = () => {
    const style = getComputedStyle(root);
    return (name) => style.getPropertyValue(`--${name}`).trim();
  };

  const shown = (plot, trace) => hidden.get(`${plot.name} ${trace.legendgroup ?? trace.name}`) ?? (trace.visible ?? true) === true;

  const axis = (given, colour) => ({
    gridcolor: colour("grid"), zerolinecolor: colour("faint"), linecolor: colour("faint"), zeroline: false,
    automargin: true, ...given, title: { font: { size: 12 }, standoff: 8, ...given?.title },
  });

  const draw = (plot, width, height = plot.height) => {
    const colour = palette();
    document.getElementById(plot.name).style.height = `${height}px`;
    const layout = filled(plot.layout, colour);
    const traces = filled(plot.traces, colour).map((trace, at) => ({ ...trace, visible: shown(plot, plot.traces[at]) }));
    const time = { type: "date", range: span.slice(), showspikes: true, spikemode: "across", spikethickness: 1,
      spikedash: "dot", spikecolor: colour("soft"), hoverformat: "%Y-%m-%d %H:%M:%S.%L UTC", nticks: width < 600 ? 5 : undefined };
    return Plotly.react(plot.name, traces, {
      ...layout,
      width, height, showlegend: false, uirevision: "kept",
      margin: { l: 52, r: 12, t: 26, b: 36 },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colour("ink") },
      hoverlabel: { bgcolor: colour("raised"), bordercolor: colour("faint"), font: { color: colour("ink"), size: 12 }, align: "left", namelength: -1 },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: colour("faint"), activecolor: colour("ink") },
      dragmode: touch ? false : "zoom",
      xaxis: axis({ ...(plot.on_time ? time : {}), ...layout.xaxis }, colour),
      yaxis: axis(layout.yaxis, colour),
    }, { displaylogo: false, responsive: false, scrollZoom: false, doubleClick: plot.on_time ? false : "reset",
      modeBarButtons: [["toImage", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]], displayModeBar: touch ? true : "hover" });
  };

  const keys = (plot) => {
    const place = document.getElementById(`${plot.name}-keys`);
    const colour = palette();
    place.replaceChildren(...plot.traces.filter((trace) => trace.showlegend !== false).map((trace) => {
      const button = document.createElement("button");
      const marks = trace.mode === "markers";
      const swatch = document.createElement(marks ? "b" : "i");
      const paint = marks ? trace.marker.line?.color ?? trace.marker.color : trace.fillcolor ?? trace.line.color;
      swatch.style.color = swatch.style.borderColor = filled(paint, colour);
      if (marks) swatch.textContent = SIGNS[trace.marker.symbol];
      else if (trace.line.dash && trace.line.dash !== "solid") swatch.style.borderTopStyle = trace.line.dash === "dash" ? "dashed" : "dotted";
      button.type = "button";
      button.append(swatch, trace.name);
      button.setAttribute("aria-pressed", String(shown(plot, trace)));
      button.title = "show or hide";
      button.onclick = () => {
        hidden.set(`${plot.name} ${trace.legendgroup ?? trace.name}`, !shown(plot, trace));
        redraw(plot);
      };
      return button;
    }));
  };

  const width = (plot) => document.getElementById(plot.name).parentElement.clientWidth;
  const redraw = (plot) => { keys(plot); draw(plot, width(plot)); };
  const drawn = page.plots.filter((plot) => plot.traces.length);
  const timed = drawn.filter((plot) => plot.on_time);
  const whole = [page.from_ms, page.to_ms].map((ms) => new Date(ms).toISOString().replace("Z", ""));
  let span = whole;

  // A plot tells of every move, also of one that another plot made it make: that one is known by its range.
  const same = (one, other) => one.every((end, at) => Date.parse(end) === Date.parse(other[at]));
  const move = (range, from) => {
    span = range;
    for (const plot of timed) if (plot !== from) Plotly.relayout(plot.name, { "xaxis.range": range.slice() });
  };
  const moved = (plot) => (event) => {
    const range = event["xaxis.autorange"] ? whole : event["xaxis.range"] ?? [event["xaxis.range[0]"], event["xaxis.range[1]"]];
    if (range[0] !== undefined && !same(range, span)) move(range, event["xaxis.autorange"] ? null : plot);
  };
  const reset = (plot) => () => {
    move(whole);
    const given = plot.layout.yaxis?.range;
    Plotly.relayout(plot.name, given ? { "yaxis.range": given.slice() } : { "yaxis.autorange": true });
  };

  const theme = (name) => {
    root.dataset.theme = name;
    document.getElementById("theme").textContent = name === "dark" ? "Light" : "Dark";
    drawn.forEach(redraw);
  };

  theme(dark.matches ? "dark" : "light");
  for (const plot of timed) {
    const place = document.getElementById(plot.name);
    place.on("plotly_relayout", moved(plot));
    place.on("plotly_doubleclick", reset(plot));
  }
  dark.addEventListener("change", (event) => theme(event.matches ? "dark" : "light"));
  document.getElementById("theme").onclick = () => theme(root.dataset.theme === "dark" ? "light" : "dark");
  document.getElementById("all").onclick = () => timed.forEach((plot) => reset(plot)());
  let waiting = 0;
  new ResizeObserver(() => {
    clearTimeout(waiting);
    waiting = setTimeout(() => drawn.forEach((plot) => draw(plot, width(plot))), 50);
  }).observe(document.querySelector("main"));
  let before = "";
  addEventListener("beforeprint", () => {
    clearTimeout(waiting);
    before = root.dataset.theme;
    root.dataset.theme = "light";
    document.querySelectorAll("details").forEach((one) => { one.dataset.was = one.open ? "open" : ""; one.open = true; });
    drawn.forEach((plot) => { keys(plot); draw(plot, PRINT_PX, plot.height * PRINT_SHARE); });
  });
  addEventListener("afterprint", () => {
    document.querySelectorAll("details").forEach((one) => { one.open = one.dataset.was === "open"; });
    theme(before || "light");
  });
})();
