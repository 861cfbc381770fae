// Starts the scripts of a page that cannot do without them, or says why they do not start. Written for any browser
// there has been in fifteen years: whatever is newer than the floor (tests/node/floor.cjs) is tried here first.
"use strict";

(function () {
  var me = document.getElementById("ws-start");
  var home = document.querySelector(me.getAttribute("data-home"));
  var paths = me.getAttribute("data-scripts").split(" ");
  var base = me.getAttribute("src").replace(/[^/]*$/, "") + "../"; // where the site begins
  var failed = false;

  function say(sentence) {
    var note = document.createElement("p");
    note.className = "ws-notice";
    note.setAttribute("role", "status");
    note.appendChild(document.createTextNode(sentence));
    home.parentNode.insertBefore(note, home);
  }

  function load(path, then) {
    var script = document.createElement("script");
    script.src = base + path;
    script.async = false;
    script.onload = then;
    script.onerror = function () {
      if (!failed) say("这一页没有取全：请检查网络，再刷新一次。");
      failed = true;
    };
    document.body.appendChild(script);
  }

  // What the scripts call that syntax alone does not tell.
  function known() {
    return window.wholeschoolSyntax === true && typeof globalThis === "object" && typeof TextDecoder === "function" &&
      typeof URLSearchParams === "function" && "matchAll" in String.prototype && "flatMap" in Array.prototype &&
      "fromEntries" in Object && "allSettled" in Promise && "arrayBuffer" in Blob.prototype && "append" in Element.prototype;
  }

  function start() {
    // Nothing that an app shows inside itself can be downloaded there, in most of them without a word.
    var app = /MicroMessenger|DingTalk|Feishu|Lark|QQ\//.exec(navigator.userAgent);
    if (app && me.hasAttribute("data-downloads")) {
      say("这里（" + (app[0] === "MicroMessenger" ? "微信" : app[0] === "DingTalk" ? "钉钉" : app[0] === "QQ/" ? "QQ" : "飞书") +
        "）下载不了文件：请点右上角“…”，选“在浏览器打开”，再填。");
    }
    load("assets/syntax.js", function () {
      if (!known()) {
        say("这个浏览器太旧，用不了这一页：请换用新一点的 Chrome、Edge、Firefox、Safari 14 以上，或 360、QQ 浏览器的极速模式。");
        return;
      }
      for (var index = 0; index < paths.length; index += 1) load(paths[index]);
    });
  }

  // The page can be read before its scripts are there.
  if (document.readyState === "complete") start();
  else window.addEventListener("load", start);
})();
