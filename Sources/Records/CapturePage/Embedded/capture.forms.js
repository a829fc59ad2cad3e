// Bytes that people write otherwise: accounts of Nano, ids of peers, addresses.

const BLAKE_START = Uint32Array.of(0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1, 0xa54ff53a,
  0xade682d1, 0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab, 0x137e2179, 0x5be0cd19);
const BLAKE_ORDER = ["0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8", "905724afe1bc683d",
  "2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a", "6fe9b308c2d714a5", "a2847615fb9e3cd0"].map((row) => [...row].map((c) => parseInt(c, 16)));
/** BLAKE2b (RFC 7693) without a key, of at most 128 bytes. Words are two halves of 32 bits, the lower first. */
function blake2b(input, count) {
  const m = new Uint32Array(32), v = new Uint32Array(32);
  for (let i = 0; i < input.length; i++) m[i >> 2] |= input[i] << 8 * (i & 3);
  const h = BLAKE_START.slice();
  h[0] ^= 0x01010000 ^ count;
  v.set(h);
  v.set(BLAKE_START, 16);
  v[24] ^= input.length;
  v[28] = ~v[28];
  v[29] = ~v[29];
  const add = (a, low, high) => {
    const sum = v[a] + low;
    v[a + 1] = v[a + 1] + high + (sum > 0xffffffff ? 1 : 0);
    v[a] = sum;
  };
  const turn = (a, b, n) => {
    const low = v[a] ^ v[b], high = v[a + 1] ^ v[b + 1];
    if (n === 32) [v[a], v[a + 1]] = [high, low];
    else if (n === 63) [v[a], v[a + 1]] = [low << 1 | high >>> 31, high << 1 | low >>> 31];
    else [v[a], v[a + 1]] = [low >>> n | high << 32 - n, high >>> n | low << 32 - n];
  };
  const mix = (a, b, c, d, x, y) => {
    [a, b, c, d, x, y] = [2 * a, 2 * b, 2 * c, 2 * d, 2 * x, 2 * y];
    add(a, v[b], v[b + 1]); add(a, m[x], m[x + 1]); turn(d, a, 32);
    add(c, v[d], v[d + 1]); turn(b, c, 24);
    add(a, v[b], v[b + 1]); add(a, m[y], m[y + 1]); turn(d, a, 16);
    add(c, v[d], v[d + 1]); turn(b, c, 63);
  };
  for (let round = 0; round < 12; round++) {
    const s = BLAKE_ORDER[round % 10];
    for (let i = 0; i < 4; i++) mix(i, 4 + i, 8 + i, 12 + i, s[2 * i], s[2 * i + 1]);
    for (let i = 0; i < 4; i++) mix(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, s[8 + 2 * i], s[9 + 2 * i]);
  }
  for (let i = 0; i < 16; i++) h[i] ^= v[i] ^ v[i + 16];
  return new Uint8Array(h.buffer, 0, count);
}

const ACCOUNT_ALPHABET = "13456789abcdefghijkmnopqrstuwxyz";
/** The lowest bits of bytes, highest first, five for each character. */
function accountText(bytes, count) {
  let n = BigInt("0x" + hex(bytes)), out = "";
  for (let i = 0; i < count; i++, n >>= 5n) out = ACCOUNT_ALPHABET[Number(n & 31n)] + out;
  return out;
}
function accountBytes(text, count) {
  let n = 0n;
  for (const c of text) {
    const digit = ACCOUNT_ALPHABET.indexOf(c);
    if (digit < 0) return undefined;
    n = n << 5n | BigInt(digit);
  }
  return fromHex(n.toString(16).padStart(2 * count, "0").slice(-2 * count));
}
const accountSum = (key) => blake2b(key, 5).slice().reverse();
function accountForm(prefix) {
  return {
    text: (key) => key.length === 32 ? prefix + accountText(key, 52) + accountText(accountSum(key), 8) : undefined,
    bytes(text) {
      const digits = text.replaceAll("-", "_").match(/^(?:nano_|xrb_|node_)([13].{59})$/s)?.[1];
      const key = digits && accountBytes(digits.slice(0, 52), 33)?.slice(1);
      const sum = digits && accountBytes(digits.slice(52), 5);
      return key && sum && hex(accountSum(key)) === hex(sum) ? key : undefined;
    },
  };
}

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const isPeerID = (b) => b.length > 2 && b[1] === b.length - 2 && (b[0] === 0 ? b[1] <= 42 : b[0] === 0x12 && b[1] === 32);
function base58Bytes(text) {
  let n = 0n;
  for (const c of text) {
    const digit = BASE58.indexOf(c);
    if (digit < 0) return undefined;
    n = n * 58n + BigInt(digit);
  }
  const digits = n === 0n ? "" : n.toString(16);
  const zeros = text.match(/^1*/)[0].length;
  return fromHex("00".repeat(zeros) + (digits.length % 2 ? "0" : "") + digits);
}
function base58Text(bytes) {
  let n = bytes.length === 0 ? 0n : BigInt("0x" + hex(bytes)), out = "";
  for (; n > 0n; n /= 58n) out = BASE58[Number(n % 58n)] + out;
  let zeros = 0;
  while (zeros < bytes.length && bytes[zeros] === 0) zeros++;
  return "1".repeat(zeros) + out;
}
function base32Bytes(text) {
  const out = [];
  let buffer = 0, count = 0;
  for (const c of text) {
    const digit = BASE32.indexOf(c);
    if (digit < 0) return undefined;
    buffer = (buffer << 5 | digit) & 0xfff;
    count += 5;
    if (count >= 8) { count -= 8; out.push(buffer >> count & 255); }
  }
  return count < 5 && (buffer & (1 << count) - 1) === 0 ? Uint8Array.from(out) : undefined;
}
const v4Text = (bytes) => bytes.length === 4 ? bytes.join(".") : undefined;
function v4Bytes(text) {
  const words = text.split(".");
  const isByte = (word) => /^\+?[0-9]+$/.test(word) && Number(word) < 256;
  return words.length === 4 && words.every(isByte) ? Uint8Array.from(words, Number) : undefined;
}
const peerForm = {
  text: (bytes) => isPeerID(bytes) ? base58Text(bytes) : undefined,
  bytes(text) {
    let bytes;
    if (text.startsWith("b")) {
      const cid = base32Bytes(text.slice(1));
      if (cid?.[0] === 1 && cid[1] === 0x72) bytes = cid.slice(2);
    } else if (/^(1|Qm)/.test(text) && text.length <= 256) bytes = base58Bytes(text);
    return bytes && isPeerID(bytes) ? bytes : undefined;
  },
};
/** The protocols of an address of libp2p: code, name, and the bytes of the value; -1: they follow their length. */
const MULTIADDR = [
  [0x04, "ip4", 4], [0x06, "tcp", 2], [0x0111, "udp", 2], [0x29, "ip6", 16], [0x35, "dns", -1], [0x36, "dns4", -1],
  [0x37, "dns6", -1], [0x38, "dnsaddr", -1], [0x01a5, "p2p", -1], [0x01bb, "quic", 0], [0x01cd, "quic-v1", 0],
  [0x01c0, "tls", 0], [0x01c6, "noise", 0], [0x01dd, "ws", 0], [0x01de, "wss", 0], [0x0122, "p2p-circuit", 0],
];
const MULTIADDR_LIMIT = 32;
const partForms = {
  ip4: { text: v4Text, bytes: (text) => /^[0-9]/.test(text) && Address.hostBytes(text)?.slice(12) },
  ip6: {
    text(b) {
      const isMapped = b.subarray(0, 10).every((x) => x === 0) && b[10] === 255 && b[11] === 255;
      if (!isMapped) return new Address(b, 0, false).host;
      return "::ffff:" + (b[12] << 8 | b[13]).toString(16) + ":" + (b[14] << 8 | b[15]).toString(16);
    },
    bytes: (text) => Address.hostBytes("[" + text + "]"),
  },
  port: {
    text: (b) => String(b[0] << 8 | b[1]),
    bytes: (text) => /^[0-9]+$/.test(text) && Number(text) < 65536 ? [Number(text) >> 8, Number(text) & 255] : undefined,
  },
  p2p: peerForm,
  name: {
    text(b) {
      let text;
      try { text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(b); } catch { return undefined; }
      return text && !text.includes("/") ? text : undefined;
    },
    bytes(text) {
      const bytes = new TextEncoder().encode(text);
      return bytes.length > 0 && bytes.length < 256 ? bytes : undefined;
    },
  },
};
const partForm = (name) => partForms[name === "tcp" || name === "udp" ? "port" : name] ?? partForms.name;
/** A varint at a place: the number and the place behind it; undefined if it is cut or not in its shortest form. */
function multiaddrVarint(bytes, at) {
  for (let i = 0, number = 0; i < 9 && at + i < bytes.length; i++) {
    number += (bytes[at + i] & 127) * 2 ** (7 * i);
    if (bytes[at + i] < 128) return bytes[at + i] !== 0 || i === 0 ? [number, at + i + 1] : undefined;
  }
  return undefined;
}
function multiaddrText(bytes) {
  let out = "", at = 0;
  for (let count = 0; at < bytes.length; count++) {
    const code = multiaddrVarint(bytes, at);
    const part = code && count < MULTIADDR_LIMIT && MULTIADDR.find((p) => p[0] === code[0]);
    if (!part) return undefined;
    at = code[1];
    out += "/" + part[1];
    let size = part[2];
    if (size === 0) continue;
    if (size < 0) {
      const length = multiaddrVarint(bytes, at);
      if (!length) return undefined;
      [size, at] = length;
    }
    const value = at + size <= bytes.length ? partForm(part[1]).text(bytes.subarray(at, at + size)) : undefined;
    if (value === undefined) return undefined;
    out += "/" + value;
    at += size;
  }
  return out || undefined;
}
function multiaddrBytes(text) {
  if (!text.startsWith("/")) return undefined;
  const words = text.split("/").slice(1), out = [];
  if (words[words.length - 1] === "") words.pop();
  const varint = (number) => {
    for (; number >= 128; number >>= 7) out.push(number & 127 | 128);
    out.push(number);
  };
  for (let i = 0, count = 0; i < words.length; i++, count++) {
    const part = count < MULTIADDR_LIMIT && MULTIADDR.find((p) => p[1] === words[i]);
    if (!part) return undefined;
    varint(part[0]);
    if (part[2] === 0) continue;
    const value = ++i < words.length ? partForm(part[1]).bytes(words[i]) : undefined;
    if (!value) return undefined;
    if (part[2] < 0) varint(value.length);
    out.push(...value);
  }
  return out.length > 0 ? Uint8Array.from(out) : undefined;
}
/** Forms by the words that the schema has for them. */
const FieldForms = {
  known: {
    "an account (nano_ and 60 characters)": accountForm("nano_"),
    "a node id (node_ and 60 characters)": accountForm("node_"),
    "a peer id (base 58 or a CID)": peerForm,
    "a key (a peer id, or text such as /pk/)": {
      text(bytes) {
        if ((bytes[0] === 0 || bytes[0] === 0x12 && bytes[1] === 0x20) && isPeerID(bytes)) return base58Text(bytes);
        return bytes.length > 0 && bytes.every((b) => b >= 0x20 && b < 0x7f) ? String.fromCharCode(...bytes) : undefined;
      },
      bytes: peerForm.bytes,
    },
    "an address (/ip4/1.2.3.4/tcp/4001)": { text: multiaddrText, bytes: multiaddrBytes },
    "an IPv4 address (192.168.0.2)": { text: v4Text, bytes: v4Bytes },
    "an address (10.0.0.2, 2001:db8::1)": {
      text: (bytes) => bytes.length === 16 ? new Address(bytes, 0, false).host : undefined,
      bytes: (text) => Address.hostBytes(text) ?? Address.hostBytes("[" + text + "]"),
    },
  },
  text(name, bytes) { return FieldForms.known[name]?.text(bytes); },
  bytes(name, text) { return FieldForms.known[name]?.bytes(text); },
};

// Numbers that say something together with fields beside them, by the name of what they come to.
const FieldRelations = {
  /** Of a proof of work: a hash over it and the first root that is not zero. */
  difficulty(work, roots) {
    const keys = roots.filter((r) => r instanceof Uint8Array && r.length === 32);
    const root = keys.find((k) => k.some((b) => b !== 0)) ?? keys[keys.length - 1];
    if (!root || !isNumber(work)) return undefined;
    const input = new Uint8Array(40);
    new DataView(input.buffer).setBigUint64(0, BigInt(work), true);
    input.set(root, 8);
    return new DataView(blake2b(input, 8).slice().buffer).getBigUint64(0, true);
  },
};
