// From a folder browsers give pages no workers: there the theme's search runs in a hidden frame of the page itself. Its
// scripts are loaded as files, so that a page which forbids inline scripts may use it as well.
"use strict";

(() => {
  if (location.protocol !== "file:") return;

  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      // A document of our own: some browsers put another empty one into a new frame later.
      inside.document.open();
      inside.document.write("<!doctype html><title></title><body>");
      inside.document.close();
      const load = (path) => new Promise((done, failed) => {
        const script = inside.document.createElement("script");
        Object.assign(script, { src: path, onload: done, onerror: failed });
        inside.document.body.append(script);
      });
      inside.postMessage = (data) => {
        const event = new MessageEvent("message", { data });
        this.dispatchEvent(event);
        if (this.onmessage) this.onmessage(event);
      };
      inside.importScripts = (...paths) => paths.reduce((before, path) => before.then(() => load(path)), Promise.resolve());
      this.ready = load(address);
    }

    postMessage(data) {
      const { contentWindow: inside } = this.frame;
      this.ready.then(() => inside.dispatchEvent(new inside.MessageEvent("message", { data })));
    }

    terminate() {
      this.frame.remove();
    }
  };
})();
