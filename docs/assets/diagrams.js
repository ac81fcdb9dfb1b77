// Draw the diagrams of a page with Mermaid, which `make docs` puts beside this file.
// Where it is missing, the text of a diagram stays.
const diagrams = document.querySelectorAll("pre.diagram");
if (diagrams.length > 0) {
  const script = document.createElement("script");
  script.src = new URL("mermaid.tiny.js", document.currentScript.src).href;
  script.onload = () => {
    for (const diagram of diagrams) {
      diagram.textContent = diagram.querySelector("code").textContent; // Mermaid reads elements as text
    }
    const isDark = document.body.dataset.mdColorScheme === "slate";
    window.mermaid.initialize({ startOnLoad: false, theme: isDark ? "dark" : "default" });
    window.mermaid.run({ nodes: diagrams });
  };
  document.head.append(script);
}
