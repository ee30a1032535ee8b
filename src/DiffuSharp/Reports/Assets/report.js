// Unpacks Vega from this page and draws the plots in it.
(async () => {
  const figures = document.querySelectorAll(".plot");
  try {
    for (const bundle of document.querySelectorAll(".bundle")) {
      const bytes = Uint8Array.from(atob(bundle.textContent), (character) => character.charCodeAt(0));
      const script = document.createElement("script");
      script.textContent = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
      document.head.append(script);
    }

    const actions = { export: true, source: false, compiled: false, editor: false };
    for (const figure of figures) {
      await vegaEmbed(figure.querySelector("div"), JSON.parse(figure.querySelector("script").textContent), { renderer: "svg", actions });
    }
  } catch (error) {
    for (const figure of figures) {
      figure.prepend(`This plot cannot be drawn here: ${error.message}`);
    }
  }
})();
