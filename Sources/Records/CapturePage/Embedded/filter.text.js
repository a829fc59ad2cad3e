// Filters: the same language as `-Y` of the command line, read the same way (Sources/Capture/Filter). This part cuts a
// filter's text into tokens.

/** What is wrong with a filter, and where in its text, in characters. */
class FilterError extends Error {
  constructor(message, start, end) {
    super(message);
    [this.start, this.end] = [start, end];
  }
}
const fail = (message, token) => { throw new FilterError(message, token.start, token.end); };

class Token {
  /** Kinds: word, string, expression, symbol, end. */
  constructor(kind, text, start, end) { [this.kind, this.text, this.start, this.end] = [kind, text, start, end]; }
  isSymbol(s) { return this.kind === "symbol" && this.text === s; }
  isWord(s) { return this.kind === "word" && this.text === s; }
  get shown() { return this.kind === "end" ? "the end" : this.kind === "string" ? '"' + this.text + '"' : "`" + this.text + "`"; }
}
const SYMBOLS = ["===", "!==", "==", "!=", "<=", ">=", "&&", "||", "^^", "<", ">", "!", "&", "(", ")", "{", "}", ","];
const isSpace = (c) => /\p{White_Space}/u.test(c);
const endsWord = (c) => "(){},=!<>&|\"'".includes(c) || isSpace(c);

/** Cuts a filter's text into tokens. */
class Scanner {
  constructor(text) { [this.text, this.at] = [Array.from(text), 0]; }
  static tokens(text) {
    const scanner = new Scanner(text), out = [];
    do out.push(scanner.next(out[out.length - 1])); while (out[out.length - 1].kind !== "end");
    return out;
  }
  make(kind, text, start) { return new Token(kind, text, start, this.at); }
  next(last) {
    const t = this.text;
    while (this.at < t.length && isSpace(t[this.at])) this.at++;
    const start = this.at;
    if (start >= t.length) return this.make("end", "", start);
    const c = t[start];
    if (c === '"' || c === "'") return this.quoted();
    if (c === "/" && last?.isWord("matches")) return this.expression();
    if ("+-*/%".includes(c)) {
      const next = t[start + 1] ?? " ";
      const isAlone = endsWord(next) || c === "-" && /\p{Alphabetic}/u.test(next);
      if (isAlone || last?.isSymbol(")") && last.end === start) {
        this.at++;
        return this.make("symbol", c, start);
      }
      if (c === "/") return this.expression();
    }
    for (const s of SYMBOLS) {
      if (t.slice(start, start + s.length).join("") !== s) continue;
      this.at += s.length;
      return this.make("symbol", s, start);
    }
    if (endsWord(c)) {
      const meant = c === "=" || c === "|" ? didYouMean(c + c) : "";
      throw new FilterError("`" + c + "` means nothing here" + meant, start, start + 1);
    }
    while (this.at < t.length && !endsWord(t[this.at])) this.at = (t[this.at] === "[" ? this.sliceEnd() : undefined) ?? this.at + 1;
    return this.make("word", t.slice(start, this.at).join(""), start);
  }
  /** Behind the bracket of a slice that begins here, whatever its commas and blanks. */
  sliceEnd() {
    let end = this.at + 1;
    while (end < this.text.length && "0123456789:-, ".includes(this.text[end])) end++;
    return this.text[end] === "]" ? end + 1 : undefined;
  }
  quoted() {
    const start = this.at, quote = this.text[start];
    let out = "";
    this.at++;
    while (this.at < this.text.length && this.text[this.at] !== quote) {
      out += this.text[this.at] === "\\" ? this.escaped() : this.text[this.at++];
    }
    if (this.at >= this.text.length) throw new FilterError("this text has no closing " + quote, start, this.at);
    this.at++;
    return this.make("string", out, start);
  }
  /** A character behind a backslash: itself, `\n`, `\r`, `\t`, `\xNN` or `\u{N}`. */
  escaped() {
    const t = this.text, start = this.at;
    this.at += 2;
    if (this.at > t.length) throw new FilterError("nothing stands behind `\\`", start, t.length);
    const c = t[start + 1];
    if (c === "n") return "\n";
    if (c === "r") return "\r";
    if (c === "t") return "\t";
    let from = this.at, to;
    if (c === "x") to = Math.min(t.length, from + 2);
    else if (c === "u" && t[from] === "{") {
      const close = t.indexOf("}", from);
      to = close < 0 ? t.length : close;
      from++;
    } else if (/[\p{Alphabetic}\p{N}]/u.test(c)) {
      throw new FilterError("`\\" + c + "` is none of \\n \\r \\t \\xNN \\u{N}, \\\\ and quotes", start, this.at);
    } else return c;
    const digits = t.slice(from, to).join("");
    this.at = Math.min(t.length, to + (c === "u" ? 1 : 0));
    const n = /^[0-9a-fA-F]{1,6}$/.test(digits) ? parseInt(digits, 16) : NaN;
    if (!(n <= 0x10ffff) || n >= 0xd800 && n < 0xe000) {
      throw new FilterError("this is no character: \\xNN or \\u{N} with hexadecimal digits", start, this.at);
    }
    return String.fromCodePoint(n);
  }
  expression() {
    const t = this.text, start = this.at;
    let out = "";
    this.at++;
    while (this.at < t.length && t[this.at] !== "/") {
      if (t[this.at] === "\\" && this.at + 1 < t.length) {
        if (t[this.at + 1] !== "/") out += t[this.at];
        this.at++;
      }
      out += t[this.at++];
    }
    if (this.at >= t.length) throw new FilterError("this expression has no closing /", start, this.at);
    this.at++;
    return this.make("expression", out, start);
  }
}

// ---- Numbers: whole, of 128 bits and a sign
const MOST = (1n << 128n) - 1n;
const fits = (n) => n <= MOST && n >= -MOST;
/** Undefined for anything but decimal or `0x` hexadecimal. */
function readNumber(text) {
  const m = text.match(/^(-?)(?:0x([0-9a-fA-F]+)|([0-9]+))$/);
  if (!m) return undefined;
  const n = m[2] ? BigInt("0x" + m[2]) : BigInt(m[3]);
  return fits(n) ? plain(m[1] ? -n : n) : undefined;
}
/** Undefined when there is no result. */
function compute(sign, a, b) {
  [a, b] = [BigInt(a), BigInt(b)];
  let n;
  switch (sign) {
    case "+": n = a + b; break;
    case "-": n = a - b; break;
    case "*": n = a * b; break;
    case "/": if (b === 0n) return undefined; n = a / b; break;
    case "%": if (b === 0n) return undefined; n = a % b; break;
    default: if (a < 0n || b < 0n) return undefined; n = a & b;
  }
  return fits(n) ? plain(n) : undefined;
}

// ---- Parts of bytes and text
/** `[4]`, `[0:4]`, `[2-5]`, `[:4]`, `[4:]`; undefined for what is no slice. */
function readSlice(text) {
  const number = (s) => /^-?[0-9]{1,9}$/.test(s) ? +s : undefined;
  const colon = text.indexOf(":");
  if (colon >= 0) {
    const head = text.slice(0, colon), tail = text.slice(colon + 1);
    const start = head === "" ? 0 : number(head);
    if (start === undefined) return undefined;
    if (tail === "") return { start };
    const count = number(tail);
    return count > 0 ? { start, count } : undefined;
  }
  const one = number(text);
  if (one !== undefined) return { start: one, count: 1 };
  const dash = text.indexOf("-", 1);
  if (dash < 0) return undefined;
  const start = number(text.slice(0, dash)), last = number(text.slice(dash + 1));
  return start === undefined || last === undefined ? undefined : { start, last };
}
function readSlices(text) {
  const all = text.split(",").map((part) => readSlice(part.replace(/^ +| +$/g, "")));
  return all.includes(undefined) ? undefined : all;
}
/** [low, high]; undefined when so many elements have not all of it. */
function sliceRange(s, count) {
  const low = s.start < 0 ? count + s.start : s.start;
  const high = s.count !== undefined ? low + s.count : s.last !== undefined ? (s.last < 0 ? count + s.last : s.last) + 1 : count;
  return low >= 0 && low < high && high <= count ? [low, high] : undefined;
}
/** How many elements it has, when that is known of any value, or of one of so many. */
function sliceCount(s, whole) {
  if (whole !== null && whole !== undefined) {
    const range = sliceRange(s, whole);
    return range && range[1] - range[0];
  }
  if (s.count !== undefined) return s.count;
  return s.last !== undefined && s.start >= 0 && s.last >= s.start ? s.last - s.start + 1 : undefined;
}

