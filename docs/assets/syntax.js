// The newest syntax that our scripts are written in: where this does not even parse, start.js says so.
window.wholeschoolSyntax = (({ a, ...rest }) => a?.b ?? (10n > 1 && /(?<han>\p{Script=Han})/su.test("字") && !rest.c))({});
