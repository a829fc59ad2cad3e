// Filters: what stands where, not what it means.
//
// Nodes: word {token}, slice {inner, slices, token}, call {name, inner, token}, negative {inner, token}, arithmetic {sign,
// left, right, token}, test {left, asked, token, quantifier}, all, any, odd {parts}, not {inner}.

const KEYWORDS = new Set(["and", "or", "xor", "not", "in", "contains", "matches", "eq", "ne", "lt", "le", "gt", "ge"]);
const FUNCTIONS = ["len", "count", "lower", "upper"];
// Sign, whether it is negated, and how many values have to pass where the sign says so.
const COMPARISONS = new Map(Object.entries({
  "==": ["==", false], eq: ["==", false], any_eq: ["==", false, "any"], "===": ["==", false, "all"], all_eq: ["==", false, "all"],
  "!=": ["==", true], ne: ["==", true], all_ne: ["==", true, "all"], "!==": ["==", true, "any"], any_ne: ["==", true, "any"],
  "<": ["<", false], lt: ["<", false], "<=": ["<=", false], le: ["<=", false], ">": [">", false], gt: [">", false], ">=": [">=", false], ge: [">=", false],
}));
const SIGNS = [["&"], ["+", "-"], ["*", "/", "%"]];
const DEPTH = 100;
const isTest = (s) => ["test", "all", "any", "odd", "not"].includes(s.is);
const tokenOf = (s) => s.token ?? (s.is === "not" ? tokenOf(s.inner) : s.parts?.[0] ? tokenOf(s.parts[0]) : new Token("end", "", 0, 0));

class Parser {
  constructor(text) {
    this.tokens = Scanner.tokens(text);
    this.at = 0;
    this.depth = 0;
    // A value is missing, which only its field can tell what it wants to be.
    this.isBroken = false;
  }
  get token() { return this.tokens[Math.min(this.at, this.tokens.length - 1)]; }
  get following() { return this.tokens[Math.min(this.at + 1, this.tokens.length - 1)]; }
  take() {
    const t = this.token;
    this.at = Math.min(this.at + 1, this.tokens.length - 1);
    return t;
  }
  skip(symbol, word) {
    if (!this.token.isSymbol(symbol) && !this.token.isWord(word)) return false;
    this.take();
    return true;
  }
  /** `example`: a test, for the error of an empty filter. */
  whole(example) {
    if (this.token.kind === "end") throw new FilterError("a filter wants a test, such as `" + example + "`", 0, 0);
    const all = this.alternatives();
    if (!this.isBroken && this.token.kind !== "end") {
      fail(this.token.isSymbol(")") ? "this closes nothing" : "wants `and`, `or` or the end before " + this.token.shown, this.token);
    }
    return all;
  }

  // ---- Tests
  chainOf(is, symbol, word, next) {
    const parts = [next()];
    while (this.skip(symbol, word)) parts.push(next());
    return parts.length === 1 ? parts[0] : { is, parts };
  }
  alternatives() { return this.chainOf("any", "||", "or", () => this.oddity()); }
  oddity() { return this.chainOf("odd", "^^", "xor", () => this.conjunction()); }
  conjunction() { return this.chainOf("all", "&&", "and", () => this.negation()); }
  negation() {
    const start = this.token;
    if (!this.skip("!", "not")) return this.test();
    this.enter(start);
    const inner = this.negation();
    this.depth--;
    return { is: "not", inner };
  }
  enter(token) {
    if (this.depth >= DEPTH) fail("more than " + DEPTH + " levels within each other", token);
    this.depth++;
  }
  test() {
    let quantifier;
    if (["any", "all"].some((w) => this.token.isWord(w)) && this.following.kind === "word" && !KEYWORDS.has(this.following.text)) {
      quantifier = this.take().text;
    }
    const left = this.bits(false);
    if (isTest(left)) return left;
    const isNegated = this.token.isWord("not") && ["in", "contains", "matches"].some((w) => this.following.isWord(w));
    if (isNegated) this.take();
    const sign = this.token;
    let asked;
    if (sign.isWord("in")) {
      this.take();
      asked = { is: "among", tokens: this.elements(), isNegated };
    } else if (sign.isWord("contains")) {
      this.take();
      asked = { is: "contains", right: this.bits(), isNegated };
    } else if (sign.isWord("matches")) {
      this.take();
      asked = { is: "matches", expression: this.expression(), isNegated };
    } else if ((sign.kind === "word" || sign.kind === "symbol") && COMPARISONS.has(sign.text)) {
      const [comparison, differs, count] = COMPARISONS.get(sign.text);
      this.take();
      quantifier = quantifier ?? count;
      asked = { is: "compare", comparison, right: this.bits(), isNegated: differs };
    } else {
      if (quantifier === undefined) return left;
      fail("`" + quantifier + "` wants a comparison behind its field, not " + sign.shown, sign);
    }
    return { is: "test", left, asked, token: sign, quantifier };
  }
  elements() {
    const open = this.take();
    if (!open.isSymbol("{")) fail("`in` wants { and values, such as {1, 2, 5..9}, not " + open.shown, open);
    const all = [];
    do all.push(this.take()); while (this.skip(",", ","));
    if (!this.token.isSymbol("}")) fail("wants `,` or `}` before " + this.token.shown, this.token);
    this.take();
    return all;
  }
  expression() {
    const t = this.take();
    if (t.kind !== "expression" && t.kind !== "string") fail("`matches` wants an expression, such as /^tcp/, not " + t.shown, t);
    return readExpression(t);
  }

  // ---- Values: from the loosest sign to the tightest
  bits(isOperand = true) { return this.chain(0, isOperand); }
  chain(level, isOperand) {
    if (level >= SIGNS.length) return this.value(isOperand);
    const outer = this.depth;
    let left = this.chain(level + 1, isOperand);
    while (!this.isBroken && this.token.kind === "symbol" && SIGNS[level].includes(this.token.text)) {
      const t = this.take();
      if (isTest(left)) fail("`" + t.text + "` goes with values, and this is a test", t);
      this.enter(t);
      left = { is: "arithmetic", sign: t.text, left, right: this.chain(level + 1, true), token: t };
    }
    this.depth = outer;
    return left;
  }
  value(isOperand) {
    const start = this.token;
    if (start.isSymbol("-")) {
      if (this.following.kind !== "word" && !this.following.isSymbol("(")) fail("`-` wants a number or a field behind it", start);
      this.take();
      this.enter(start);
      const inner = this.value(true);
      this.depth--;
      return { is: "negative", inner, token: start };
    }
    if (start.isSymbol("(")) {
      this.take();
      return this.inParentheses(start, isOperand);
    }
    const isName = start.kind === "word" && !KEYWORDS.has(start.text);
    if (!isName && start.kind !== "string" && !(start.kind === "expression" && isOperand)) {
      if (!isOperand) fail("wants a field, the name of a message, `not` or `(`, not " + start.shown, start);
      this.isBroken = true;
      return { is: "word", token: start };
    }
    this.take();
    if (start.kind !== "word" || !this.token.isSymbol("(") || this.token.start !== start.end) return { is: "word", token: start };
    if (!FUNCTIONS.includes(start.text)) {
      const near = nearestName(start.text, FUNCTIONS);
      fail("no function is called `" + start.text + "`" + (near ? didYouMean(near) : "") + "; there are " + FUNCTIONS.join(", "), start);
    }
    const open = this.take();
    return this.sliced({ is: "call", name: start.text, inner: this.inParentheses(open, true), token: start });
  }
  inParentheses(open, isOperand) {
    this.enter(open);
    const inner = isOperand ? this.bits() : this.alternatives();
    this.depth--;
    if (this.isBroken) return inner;
    if (!this.token.isSymbol(")")) {
      if (this.token.kind === "end") fail("this parenthesis is not closed", open);
      fail("wants " + (isOperand ? "" : "`and`, `or` or ") + "`)` before " + this.token.shown, this.token);
    }
    this.take();
    return isTest(inner) ? inner : this.sliced(inner);
  }
  /** With the brackets right behind a parenthesis. */
  sliced(inner) {
    if (this.at === 0 || this.token.kind !== "word" || !this.token.text.startsWith("[") || this.token.start !== this.tokens[this.at - 1].end) return inner;
    const t = this.take();
    const slices = t.text.endsWith("]") ? readSlices(t.text.slice(1, -1)) : undefined;
    if (slices === undefined) fail("wants a slice, such as [0:4], not " + t.shown, t);
    return { is: "slice", inner, slices, token: t };
  }
}

// ---- Expressions: POSIX extended ones, as those of this language
const CLASSES = {
  alnum: "\\p{L}\\p{N}", alpha: "\\p{L}", digit: "0-9", lower: "\\p{Ll}", upper: "\\p{Lu}", space: "\\s", blank: " \\t", punct: "\\p{P}\\p{S}",
  print: "\\P{C}", graph: "\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}", cntrl: "\\p{Cc}", xdigit: "0-9A-Fa-f",
};
const quoteSign = (c) => /[\\^$.*+?()[\]{}|/]/.test(c) ? "\\" + c : c;
/** One that a part of a text must fit; small and capital letters are the same, unless `(?-i)` stands first. */
function readExpression(t) {
  const bad = (why) => fail("this is no expression: " + why, t);
  if (encoder.encode(t.text).length > 1024) bad("longer than 1024 bytes");
  const counts = t.text.startsWith("(?-i)");
  const all = Array.from(t.text.slice(counts ? 5 : t.text.startsWith("(?i)") ? 4 : 0));
  let out = "", i = 0, open = 0, size = 1, before = "(";
  while (i < all.length) {
    const c = all[i++];
    if ("*+?".includes(c) && "(|^".includes(before)) bad("Invalid preceding regular expression");
    before = c;
    if (c === "\\") {
      if (i >= all.length) bad("Trailing backslash");
      const next = all[i++];
      if (/[1-9]/.test(next)) bad("back-references such as \\1 are not allowed");
      size++;
      out += /[wWsSbBdD]/.test(next) ? "\\" + next : next === "<" ? "\\b(?=\\w)" : next === ">" ? "\\b(?<=\\w)" : next === "`" ? "^" : next === "'" ? "$" : quoteSign(next);
    } else if (c === "[") {
      let set = all[i] === "^" ? (i++, "[^") : "[";
      let isFirst = true;
      for (; ; isFirst = false) {
        if (i >= all.length) bad("Unmatched [, [^, [:, [., or [=");
        const m = all[i++];
        if (m === "]" && !isFirst) break;
        if (m === "[" && ":.=".includes(all[i] ?? " ")) {
          const kind = all[i], end = all.findIndex((x, k) => k > i && x === kind && all[k + 1] === "]");
          if (end < 0) bad("Unmatched [, [^, [:, [., or [=");
          const name = all.slice(i + 1, end).join("");
          if (kind === ":" && !Object.hasOwn(CLASSES, name)) bad("Invalid character class name");
          set += kind === ":" ? CLASSES[name] : quoteSign(name);
          i = end + 2;
        } else if (m === "-" && !isFirst && all[i] !== "]") set += "-";
        else set += m === "\\" || m === "]" || m === "[" || m === "^" || m === "-" ? "\\" + m : m;
      }
      out += set + "]";
      size++;
    } else if (c === "(") { out += "(?:"; if (++open > 64) bad("more than 64 groups in groups"); }
    else if (c === ")") { if (open-- === 0) bad("Unmatched ) or \\)"); out += ")"; size++; }
    else if (c === ".") { out += "[^\\0]"; size++; }
    else if (c === "{") {
      const m = all.slice(i).join("").match(/^([0-9]*)(,?)([0-9]*)\}/);
      if (m && (m[1] !== "" || m[2] !== "")) {
        out += "{" + (m[1] || "0") + m[2] + m[3] + "}";
        i += m[0].length;
        size *= Math.max(1, +m[3] || +m[1] || 1);
      } else out += "\\{";
    } else { out += "*+?|^$".includes(c) ? c : quoteSign(c); size++; }
  }
  if (open > 0) bad("Unmatched ( or \\(");
  try { return { fits: new RegExp(out, counts ? "su" : "isu"), size }; } catch (e) { bad(e.message.replace(/^Invalid regular expression: /, "")); }
}

