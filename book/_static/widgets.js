/* Where the widget manager finds its modules and fonts: beside this script, on this host. */
(() => {
  const here = new URL("vendor/", document.currentScript.src).href;
  window.__jupyter_widgets_assets_path__ = `${here}@jupyter-widgets/html-manager/dist/`;
  window.require.config({
    paths: { "@jupyter-widgets/html-manager": `${here}@jupyter-widgets/html-manager` },
  });
})();
