// Filters: finds what words mean, and sees that what stands beside each other goes together.
//
// A name may mean fields of several types of message that hold different things. Each is an alternative by itself,
// {operand, type}: those are meant that go with what they are held against.

const MIRRORED = { "==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };
function placesOf(paths) {
  const places = new Map();
  for (const p of paths) {
    const key = p.steps.map((s) => s.name + (s.index === undefined ? "" : "[" + s.index + "]")).join(".");
    if (!places.has(p.type)) places.set(p.type, { steps: p.steps, key, isAmount: p.meaning?.[0] === "amount" });
  }
  return places;
}
/** The types of message that have an operand; none for what every record has. */
function typesOf(o) {
  if (o.is === "message") return new Set(o.places.keys());
  if (o.is === "arithmetic") return new Set([...typesOf(o.left), ...typesOf(o.right)]);
  return o.inner ? typesOf(o.inner) : new Set();
}
const anyNode = (nodes) => nodes.length === 1 ? nodes[0] : (r) => nodes.some((n) => n(r));
/** What `body` makes of the alternatives that it does not refuse; if it refuses all, why the first. */
function each(all, body) {
  const out = [];
  let problem;
  for (const one of all) {
    try { out.push(...body(one)); } catch (e) {
      if (!(e instanceof FilterError)) throw e;
      problem = problem ?? e;
    }
  }
  if (out.length === 0 && problem) throw problem;
  return out;
}

class Compiler {
  constructor(names) { this.names = names; }
  node(s) {
    switch (s.is) {
      case "all": { const parts = s.parts.map((p) => this.node(p)); return (r) => parts.every((n) => n(r)); }
      case "any": return anyNode(s.parts.map((p) => this.node(p)));
      case "odd": { const parts = s.parts.map((p) => this.node(p)); return (r) => parts.reduce((odd, n) => n(r) !== odd, false); }
      case "not": { const inner = this.node(s.inner); return (r) => !inner(r); }
      case "test": return this.test(s.left, s.asked, s.token, s.quantifier);
      case "word": return this.alone(s.token);
      default: return anyNode(this.operands(s).map((a) => (r) => isThere(a.operand, r)));
    }
  }
  /** A word that is a test by itself. */
  alone(t) {
    if (t.kind !== "word") fail("wants a field, the name of a message, `not` or `(`, not " + t.shown, t);
    const m = this.names.meaning(t.text);
    switch (m?.is) {
      case "type": return (r) => r.type === m.type;
      case "name": return (r) => r.type === undefined && r.name === m.name;
      case "protocol": return (r) => r.head.protocol === m.name;
      case "record": return (r) => isRecordThere(m.field, r);
      case "message": { const o = { is: "message", places: placesOf(m.paths) }; return (r) => isThere(o, r); }
      default: return anyNode(this.operands({ is: "word", token: t }).map((a) => (r) => isThere(a.operand, r)));
    }
  }
  test(left, asked, sign, quantifier) {
    if (asked.is === "compare" && this.isConstant(left) && !this.isConstant(asked.right)) return this.exchanged(left, asked, sign, quantifier);
    const lefts = this.operands(left, undefined, "whole", undefined, sign);
    if (this.isConstant(left)) fail(tokenOf(left).shown + " is no field, and neither is what it is held against", tokenOf(left));
    const byType = new Map();
    const nodes = each(lefts, (one) => {
      const found = this.testOne(one, asked, sign, quantifier);
      for (const type of typesOf(one.operand)) byType.set(type, [...(byType.get(type) ?? []), ...found]);
      return found;
    });
    // Whatever the alternatives, a message is asked once.
    if (lefts.length > 1 && lefts.every((l) => typesOf(l.operand).size > 0)) {
      const asks = new Map([...byType].map(([type, all]) => [type, anyNode(all)]));
      return (r) => asks.get(r.type)?.(r) ?? false;
    }
    return anyNode(nodes);
  }
  /** What is asked of one meaning of what stands at the left. */
  testOne(left, asked, sign, quantifier) {
    const reader = new LiteralReader(left.type, this.names);
    const isNegated = asked.isNegated, wantsAll = (quantifier ?? (isNegated ? "all" : "any")) === "all";
    // One of the values has to pass, or all, of at least one.
    const test = (operand, ask) => (r) => {
      let isSome = false;
      const decides = (isHeld) => { isSome = true; return (isHeld !== isNegated) !== wantsAll; };
      const isDecided = anyOf(operand, r, (a) => ask(a, r, decides));
      return wantsAll ? isSome && !isDecided : isDecided;
    };
    const form = formOf(left.type);
    switch (asked.is) {
      case "compare": {
        const c = asked.comparison;
        if (c !== "==" && !hasOrder(left.type)) fail("`" + sign.text + "` does not go with " + reader.what + ": `==`, `!=` or `in`", sign);
        return this.operands(asked.right, left.type, c === "==" ? "whole" : "bound", left.operand)
          .map(({ operand }) => test(left.operand, (a, r, decides) => anyOf(operand, r, (b) => decides(holds(c, a, b)))));
      }
      case "among": {
        const ranges = asked.tokens.map((t) => reader.range(t));
        const isIn = (a, r) => ranges.some(([low, high]) => high === undefined ? anyOf(low, r, (b) => holds("==", a, b))
          : anyOf(low, r, (b) => holds(">=", a, b)) && anyOf(high, r, (b) => holds("<=", a, b)));
        return [test(left.operand, (a, r, decides) => decides(isIn(a, r)))];
      }
      case "contains": {
        // Of Wireshark's frames people know that they have bytes.
        const hint = left.operand.is === "record" && left.operand.field === "frame" ? ": the bytes of a message are `bytes`" : "";
        if (!hasParts(left.type)) fail("`contains` goes with text and bytes, not with " + reader.what + hint, sign);
        const part = asked.right, t = part.token;
        // What is no hexadecimal is a part of the text that people write.
        if (form && part.is === "word" && t.kind === "word" && (t.text.includes(".") || !this.isPart(reader, t)) && this.names.meaning(t.text) === undefined) {
          return [test({ is: "form", inner: left.operand, form }, (a, r, decides) => decides(hasPart(a, t.text)))];
        }
        return this.operands(part, left.type, "part", left.operand)
          .map(({ operand }) => test(left.operand, (a, r, decides) => anyOf(operand, r, (b) => decides(hasPart(a, b)))));
      }
      default: {
        const { fits: expression, size } = asked.expression;
        const ask = (a, r, decides) => {
          const text = textOf(a);
          const length = text.length * 3 > 65536 || text.length * 3 * size > 1 << 21 ? encoder.encode(text).length : 0;
          return decides(length <= 65536 && (length + 1) * size <= 1 << 21 && expression.test(text));
        };
        const plainTest = test(left.operand, ask);
        if (!form) return [plainTest];
        const formTest = test({ is: "form", inner: left.operand, form }, ask);
        return [isNegated ? (r) => plainTest(r) && formTest(r) : (r) => plainTest(r) || formTest(r)];
      }
    }
  }
  isPart(reader, t) {
    try { reader.literal(t, "part"); return true; } catch { return false; }
  }
  /** A comparison of a literal with a field. */
  exchanged(left, asked, sign, quantifier) {
    try {
      return this.test(asked.right, { ...asked, comparison: MIRRORED[asked.comparison], right: left }, sign, quantifier);
    } catch (e) {
      // A word that is no literal of the field either was meant as another field.
      const t = left.token;
      if (left.is === "word" && t.kind === "word" && e.start === t.start && e.end === t.end) this.operands(left);
      throw e;
    }
  }

  // ---- What stands at a side
  operands(s, wanted, use = "whole", other, sign) {
    let found;
    switch (s.is) {
      case "word": return wanted ? this.literal(s.token, wanted, use, other) : this.field(s.token, sign);
      case "slice": found = each(this.operands(s.inner), (one) => [this.slice(one, s.slices, s.token)]); break;
      case "call": found = this.call(s.name, s.inner, s.token); break;
      case "negative":
        found = each(this.operands(s.inner, this.isConstant(s.inner) ? wanted ?? NUMBER : undefined), (one) => {
          this.checkNumber(one.type, s.token);
          return [{ operand: { is: "negative", inner: one.operand }, type: one.type }];
        });
        break;
      case "arithmetic": found = this.arithmetic(s, wanted); break;
      default: fail("a test is no value", tokenOf(s));
    }
    if (found.length > 64) fail("means too many fields: put the name of a message before them", tokenOf(s));
    if (!wanted) return found;
    return each(found, (one) => goesWith(familyOf(one.type), familyOf(wanted)) ? [one] : this.mismatch(one.type, wanted, tokenOf(s)));
  }
  /** It names no field: a literal, or what is made of literals. */
  isConstant(s) {
    switch (s.is) {
      case "word": return s.token.kind !== "word" || !this.isField(s.token.text);
      case "slice": case "call": case "negative": return this.isConstant(s.inner);
      case "arithmetic": return this.isConstant(s.left) && this.isConstant(s.right);
      default: return false;
    }
  }
  isField(word) {
    const m = this.names.meaning(word);
    if (m) return m.is === "record" || m.is === "message";
    const s = this.slicedWord(word);
    return s !== undefined && this.isField(s.name);
  }
  mismatch(type, wanted, t) {
    fail(t.shown + " is " + new LiteralReader(type, this.names).what + ", which is not held against " + new LiteralReader(wanted, this.names).what, t);
  }
  /** A literal, or a field. Where any word is a literal, only a field of the same message is one. */
  literal(t, wanted, use, other) {
    const reader = new LiteralReader(wanted, this.names);
    const isOpen = takesAnyWord(wanted) || use === "part" && familyOf(wanted) !== "bytes";
    let problem;
    if (t.kind !== "word" || !isOpen) {
      try { return [{ operand: reader.literal(t, use), type: wanted }]; } catch (e) {
        if (!(e instanceof FilterError)) throw e;
        problem = e;
      }
    }
    if (t.kind === "word" && this.isField(t.text)) {
      const types = other ? typesOf(other) : new Set();
      const near = this.field(t).filter((one) => !isOpen || [...typesOf(one.operand)].some((x) => types.has(x)));
      if (near.length > 0) return each(near, (one) => goesWith(familyOf(one.type), familyOf(wanted)) ? [one] : this.mismatch(one.type, wanted, t));
    }
    if (problem) throw problem;
    return [{ operand: reader.literal(t, use), type: wanted }];
  }
  /** The fields that a word names, or a part of them. */
  field(t, sign) {
    if (t.kind !== "word") {
      if (t.kind !== "string") fail("wants a field, not " + t.shown, t);
      return [{ operand: literal(t.text), type: TEXT_TYPE }];
    }
    const m = this.names.meaning(t.text);
    const noField = (what) => fail("`" + t.text + "` is a " + what + ", not a field: `" + what + " == " + t.text + "`, or `" + t.text + "` alone", t);
    switch (m?.is) {
      case "type": case "name": return noField("message");
      case "protocol": return noField("protocol");
      case "record":
        if (RECORD_FIELDS.get(m.field) === undefined) fail("`" + t.text + "` is there or not: it has no value", sign ?? t);
        return [{ operand: { is: "record", field: m.field }, type: recordType(m.field) }];
      case "message": {
        const groups = new Map();
        for (const p of m.paths) if (p.kind) groups.set(p.key, [...(groups.get(p.key) ?? []), p]);
        if (groups.size === 0) {
          const path = m.paths[0].steps.map((s) => s.name).join("."), inner = m.paths[0].fields.map((f) => path + "." + f.name);
          fail("`" + t.text + "` has fields of its own, and no value: " + (inner.length === 0 ? "ask whether it is there by its name alone" : listNames(inner)), t);
        }
        return [...groups.values()].map((paths) => ({ operand: { is: "message", places: placesOf(paths) }, type: messageType(paths[0].kind, paths[0].meaning, paths[0].key) }));
      }
      default: {
        const s = this.slicedWord(t.text);
        if (s && this.isField(s.name)) {
          return each(this.field(new Token("word", s.name, t.start, t.end), sign), (one) => [this.slice(one, s.slices, t)]);
        }
        const n = readNumber(t.text);
        return n === undefined ? this.names.unknown(t) : [{ operand: literal(n), type: NUMBER }];
      }
    }
  }
  /** `query[0:4]`; undefined for what has no slice at its end, or too many. */
  slicedWord(word) {
    const open = word.lastIndexOf("[");
    if (!word.endsWith("]") || open < 0 || word.split("[").length > 17) return undefined;
    const slices = readSlices(word.slice(open + 1, -1));
    return slices && { name: word.slice(0, open), slices };
  }

  // ---- What is made of values
  slice(one, slices, t) {
    if (!hasParts(one.type)) fail("a slice is of bytes or text, not of " + new LiteralReader(one.type, this.names).what, t);
    const operand = { is: "slice", inner: one.operand, slices };
    if (familyOf(one.type) !== "bytes") return { operand, type: TEXT_TYPE };
    let count = 0;
    for (const s of slices) {
      const n = sliceCount(s, one.type.size);
      if (n === undefined) {
        if (one.type.size !== undefined && one.type.size !== null) fail(t.shown + " is not within the " + one.type.size + " bytes of the field", t);
        count = undefined;
        break;
      }
      count += n;
    }
    const words = count === undefined ? "bytes (0x and hexadecimal digits)" : count + " bytes (0x and " + 2 * count + " hexadecimal digits)";
    return { operand, type: messageType(["bytes", count, words], undefined, "bytes " + count) };
  }
  call(name, inner, t) {
    // Groups of fields are counted too.
    if (name === "count" && inner.is === "word") {
      const m = this.names.meaning(inner.token.text);
      if (m?.is === "message") return [{ operand: { is: "call", name, inner: { is: "message", places: placesOf(m.paths) } }, type: NUMBER }];
    }
    return each(this.isConstant(inner) ? this.operands(inner, TEXT_TYPE) : this.operands(inner), (one) => {
      const operand = { is: "call", name, inner: one.operand };
      if (name === "count") return [{ operand, type: NUMBER }];
      if (!hasParts(one.type) || name !== "len" && familyOf(one.type) === "bytes") {
        fail("`" + name + "` goes with " + (name === "len" ? "text and bytes" : "text") + ", not with " + new LiteralReader(one.type, this.names).what, t);
      }
      return [{ operand, type: name === "len" ? NUMBER : TEXT_TYPE }];
    });
  }
  checkNumber(type, t) {
    if (!isNumeric(type)) fail("`" + t.text + "` goes with numbers, not with " + new LiteralReader(type, this.names).what, t);
  }
  /** What stands beside a number of a type: so much of the same; of a factor, how many times, or of how much. */
  factor(sign, type, s) {
    if (["+", "-", "&"].includes(sign)) return this.operands(s, type, "bound");
    if (sign === "*") return this.operands(s, NUMBER, "bound");
    try { return this.operands(s, NUMBER, "bound"); } catch (e) {
      if (isPlainNumber(type)) throw e;
      return this.operands(s, type, "bound");
    }
  }
  arithmetic({ sign, left, right, token }, wanted) {
    const isReversed = this.isConstant(left) && !this.isConstant(right);
    const [first, second] = isReversed ? [right, left] : [left, right];
    const base = wanted && isNumeric(wanted) ? wanted : NUMBER;
    return each(this.operands(first, this.isConstant(first) ? base : undefined), (one) => {
      this.checkNumber(one.type, token);
      return each(this.factor(sign, one.type, second), (other) => {
        this.checkNumber(other.type, token);
        const [a, b] = isReversed ? [other, one] : [one, other];
        // How many times one is in the other has no unit.
        const isRatio = sign === "/" && !isPlainNumber(a.type) && !isPlainNumber(b.type);
        const type = isRatio ? NUMBER : isPlainNumber(a.type) && !isPlainNumber(b.type) ? b.type : a.type;
        if (a.operand.is !== "literal" || b.operand.is !== "literal") return [{ operand: { is: "arithmetic", sign, left: a.operand, right: b.operand }, type }];
        const [x, y] = [numberOf(a.operand.value), numberOf(b.operand.value)];
        const n = x === undefined || y === undefined ? undefined : compute(sign, x, y);
        if (n === undefined) fail("this has no result in 128 bits", token);
        return [{ operand: literal(n), type }];
      });
    });
  }
}

/** Chooses records by what they say. */
class Filter {
  /** Throws a `FilterError`. */
  constructor(text, capture) {
    if (Array.from(text).length > 65536) throw new FilterError("longer than 65536 characters", 0, 0);
    const names = (capture.names ??= new Names(capture));
    this.matches = new Compiler(names).node(new Parser(text).whole("message == " + (names.messages[0] ?? "x")));
  }
}

