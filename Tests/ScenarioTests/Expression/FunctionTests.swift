import Nano
import Node
import Testing
import Wire

@testable import Scenario

@Suite struct FunctionTests {
    @Test(arguments: [
        ("hex('52 43')", "0x5243"), ("hex('')", "0x"), ("hex('0g')", "error at 1: hex: `0g` is not hexadecimal"),
        ("hex('123')", "error at 1: hex: `123` is not hexadecimal"),
        ("hex(b)", "'010203'"), ("hex(hex(''))", "''"),
        ("hex(x)", "error at 1: hex: argument 1 must be text, is a number"),
        ("utf8('aä')", "0x61c3a4"), ("utf8(1)", "error at 1: utf8: argument 1 must be text, is a number"),
        ("be(2, 0x1234)", "0x1234"), ("be(1, 255)", "0xff"), ("be(8, 18446744073709551615)", "0xffffffffffffffff"),
        ("be(4, 0)", "0x00000000"),
        ("be(1, 256)", "error at 1: be: argument 2 does not fit into 1 bytes: 256"),
        ("be(8, 18446744073709551616)", "error at 1: be: argument 2 does not fit into 8 bytes: 18446744073709551616"),
        ("be(2, -1)", "error at 1: be: argument 2 does not fit into 2 bytes: -1"),
        ("be(0, 1)", "error at 1: be: argument 1 is 0, must be 1 to 8"),
        ("be(9, 1)", "error at 1: be: argument 1 is 9, must be 1 to 8"),
        ("be(2, t)", "error at 1: be: argument 2 does not fit into 2 bytes: abc"),
        ("bytes(3, 255)", "0xffffff"), ("bytes(0, 1)", "0x"),
        ("bytes(1, 256)", "error at 1: bytes: argument 2 is 256, must be 0 to 255"),
        ("bytes(16777217, 0)", "error at 1: bytes: argument 1 is 16777217, must be 0 to 16777216"),
        ("bytes(-1, 0)", "error at 1: bytes: argument 1 is -1, must be 0 to 16777216"),
        (
            "bytes(99999999999999999999, 0)",
            "error at 1: bytes: argument 1 is 99999999999999999999, must be 0 to 16777216"
        ),
        ("repeat(hex('0102'), 3)", "0x010201020102"), ("repeat(b, 0)", "0x"), ("repeat(hex(''), 5)", "0x"),
        ("repeat(b, 5592406)", "error at 1: repeat: argument 2 is 5592406, must be 0 to 5592405"),
        ("repeat(b, -1)", "error at 1: repeat: argument 2 is -1, must be 0 to 5592405"),
        ("size(b)", "3"), ("size('aä')", "2"), ("size([1, 2])", "2"), ("size(m)", "2"),
        ("size(1)", "error at 1: size: a number has no size"),
        ("size(null)", "error at 1: size: nothing has no size"),
        ("slice(b, 1, 3)", "0x0203"), ("slice(b, 3, 3)", "0x"),
        ("slice(b, 0, 4)", "error at 1: slice: argument 3 is 4, must be 0 to 3"),
        ("slice(b, 2, 1)", "error at 1: slice: argument 3 is 1, must be 2 to 3"),
        ("slice(b, -1, 1)", "error at 1: slice: argument 2 is -1, must be 0 to 3"),
        ("slice(t, 0, 1)", "error at 1: slice: argument 1 must be bytes, is text"),
        ("flip(b, 0)", "0x000203"), ("flip(b, 2)", "0x010202"),
        ("flip(b, 3)", "error at 1: flip: argument 2 is 3, must be 0 to 2"),
        ("flip(hex(''), 0)", "error at 1: flip: there is no byte to flip"),
        ("'\u{e9}' == '\u{e9}'", "true"), ("'\u{e9}' == 'e\u{301}'", "false"), ("['\u{e9}'] != ['e\u{301}']", "true"),
        ("'\u{e9}' > 'e\u{301}'", "true"), ("'\u{ff61}' < '\u{10000}'", "true"),
        ("has('server')", "true"), ("has('v3')", "false"),
        ("has(1)", "error at 1: has: argument 1 must be text, is a number"),
        ("now()", "2500ms"), ("date()", "1003"), ("date() > 1002", "true"), ("elapsed(d)", "500ms"),
        ("elapsed(x)", "error at 1: elapsed: argument 1 must be a mark, is a number"),
        ("size(random(5))", "5"), ("random(0)", "0x"),
        ("random(-1)", "error at 1: random: argument 1 is -1, must be 0 to 1048576"),
        ("random(1048577)", "error at 1: random: argument 1 is 1048577, must be 0 to 1048576"),
        ("random(1, 2)", "error at 1: random: argument 2 must be text, is a number"),
        ("random(b)", "error at 1: random: argument 1 must be a number, is 3 bytes"),
        ("size(key('a').public)", "32"), ("size(key('a').seed)", "32"),
        ("key(1)", "error at 1: key: argument 1 must be text, is a number"),
        ("key('a') == key('a')", "true"), ("key('a') == key('b')", "false"),
        ("size(sign(key('a'), b))", "64"),
        ("sign(b, b)", "error at 1: sign: argument 1 must be a key pair, is 3 bytes"),
        ("sign(m, b)", "error at 1: sign: argument 1 must be a key pair, is a map"),
        ("sign(key('a'), t)", "error at 1: sign: argument 2 must be bytes, is text"),
        ("verifies(key('a').public, b, sign(key('a'), b))", "true"),
        ("verifies(key('b').public, b, sign(key('a'), b))", "false"),
        ("verifies(key('a').public, b + b, sign(key('a'), b))", "false"), ("verifies(b, b, b)", "false"),
        ("verifies(hex(''), hex(''), hex(''))", "false"),
        ("verifies(1, b, b)", "error at 1: verifies: argument 1 must be bytes, is a number"),
        ("nosuch(1)", "error at 1: no function is called `nosuch`"),
    ])
    func calls(_ text: String, _ value: String) {
        #expect(evaluate(text) == value)
    }
    @Test(arguments: [
        ("at([5, 6, 7], 1)", "5"), ("at([5, 6, 7], 3)", "7"), ("at([5, 6, 7], -1)", "7"), ("[5, 6].at(-2)", "5"),
        ("at([5], 0)", "error at 1: at: elements count from 1, or from -1 at the end"),
        ("at([5], 2)", "error at 1: at: element 2 is not there, of 1"),
        ("at([], 1)", "error at 1: at: element 1 is not there, of 0"),
        ("at([5], -2)", "error at 1: at: element -2 is not there, of 1"),
        ("at(b, 1)", "error at 1: at: argument 1 must be a list, is 3 bytes"),
        ("count([])", "0"), ("count([1, 2])", "2"), ("count([1, 2, 3], n => n > 1)", "2"), ("[1, 2].count()", "2"),
        ("count(t)", "error at 1: count: argument 1 must be a list, is text"),
        ("count([1], 1)", "error at 1: count: argument 2 must be a function `x => ...`, is a number"),
        ("count([1], n => n)", "error at 1: count: the function must return true or false, returned a number"),
        ("all([], n => false)", "true"), ("all([1, 2], n => n > 0)", "true"), ("all([1, 2], n => n > 1)", "false"),
        ("all(1, n => true)", "error at 1: all: argument 1 must be a list, is a number"),
        ("all([1], n => nobody)", "error at 1: all: `nobody` has no value yet"),
        ("any([], n => true)", "false"), ("any([1, 2], n => n > 1)", "true"), ("any([1, 2], n => n > 2)", "false"),
        ("any([1], n => 'a')", "error at 1: any: the function must return true or false, returned text"),
        ("map([1, 2], n => n * 2)", "[2, 4]"), ("map([], n => n / 0)", "[]"),
        ("map([m, m], p => p.deep.er)", "[3, 3]"), ("map([1], n => map([10, 20], k => n + k))", "[[11, 21]]"),
        ("map([1], n => n / 0)", "error at 1: map: division by zero"),
        ("map(m, n => n)", "error at 1: map: argument 1 must be a list, is a map"),
        ("filter([1, 2, 3], n => n != 2)", "[1, 3]"), ("filter([1], n => false)", "[]"),
        ("filter([1], n => null)", "error at 1: filter: the function must return true or false, returned nothing"),
        ("range(3)", "[1, 2, 3]"), ("range(0)", "[]"), ("count(range(65535))", "65535"),
        ("range(65536)", "error at 1: range: argument 1 is 65536, must be 0 to 65535"),
        ("range(-1)", "error at 1: range: argument 1 is -1, must be 0 to 65535"),
        ("min([3, 1, 2])", "1"), ("max([3, 1, 2])", "3"), ("min([-5])", "-5"),
        ("min([])", "error at 1: min: the list is empty"),
        ("max(['a'])", "error at 1: max: the list holds text, not numbers"),
        ("join([b, hex('04')])", "0x01020304"), ("join([])", "0x"),
        ("join([b, 1])", "error at 1: join: the list holds a number, not bytes"),
        ("join(range(2))", "error at 1: join: the list holds a number, not bytes"),
        ("records('l', 'toy.say')", "[{text: a, n: 1}, {text: b, n: 2}]"), ("records('l', 'toy.num')", "[{n: 3}]"),
        ("records('k', 'toy.say')", "[]"), ("records('l', 'toy')", "[]"),
        ("records(1, 'toy.say')", "error at 1: records: argument 1 must be text, is a number"),
        ("records('l', 1)", "error at 1: records: argument 2 must be text, is a number"),
        ("delay('l')", "1500ms"), ("delay('k')", "0s"),
        ("delay(1)", "error at 1: delay: argument 1 must be text, is a number"),
        ("seen('l', 'toy.num')", "true"), ("seen('k', 'toy.num')", "false"), ("seen('l', 'toy.non')", "false"),
        ("seen('l', 'toy.say', p => p.n == 2)", "true"), ("seen('l', 'toy.say', p => p.n == 3)", "false"),
        ("seen('l', 'toy.num', p => p.text == 'a')", "error at 1: seen: a map has no member `text`"),
        ("seen('l', 'toy.say', 1)", "error at 1: seen: argument 3 must be a function `x => ...`, is a number"),
        ("text(1)", "'1'"), ("text(b)", "'0x010203'"), ("text(d)", "'2s'"), ("text(null)", "'null'"),
        ("text([1, 'a'])", "'[1, a]'"),
        ("number('17')", "17"), ("number('0x10')", "16"), ("number(b)", "66051"), ("number(5)", "5"),
        ("number(hex(''))", "0"), ("number(hex('ffffffffffffffff'))", "18446744073709551615"),
        ("number('x')", "error at 1: number: `x` is no number"),
        ("number(hex('010203040506070809'))", "error at 1: number: 9 bytes is no number"),
        ("number(null)", "error at 1: number: nothing is no number"),
        ("seconds(d)", "2"), ("seconds(1999ms)", "1"), ("seconds(7)", "7s"), ("seconds(-1)", "-1s"),
        ("seconds(t)", "error at 1: seconds: argument 1 must be a duration, is text"),
        ("seconds(4294967296)", "error at 1: seconds: argument 1 must be a duration, is a number"),
        ("milliseconds(d)", "2000"), ("milliseconds(999us)", "0"), ("milliseconds(7)", "7ms"),
        ("milliseconds(null)", "error at 1: milliseconds: argument 1 must be a duration, is nothing"),
        ("le(2, 0x1234)", "0x3412"), ("le(1, 255)", "0xff"), ("le(8, 18446744073709551615)", "0xffffffffffffffff"),
        ("le(1, 256)", "error at 1: le: argument 2 does not fit into 1 bytes: 256"),
        ("le(2, -1)", "error at 1: le: argument 2 does not fit into 2 bytes: -1"),
        ("le(9, 1)", "error at 1: le: argument 1 is 9, must be 1 to 8"),
        ("sum([5, -6, 7])", "6"), ("sum([])", "0"), ("sum([t])", "error at 1: sum: the list holds text, not numbers"),
        (
            "sum([18446744073709551615 * 9223372036854775807, 18446744073709551615 * 9223372036854775807])",
            "error at 1: sum: the sum is too large"
        ),
        ("unread('l')", "0x0405"), ("unread('k')", "0x"),
        ("unread(1)", "error at 1: unread: argument 1 must be text, is a number"),
        ("contains(hex('010203'), hex('0203'))", "true"), ("contains(hex('010203'), hex('0302'))", "false"),
        ("contains(hex('01'), hex(''))", "true"),
        ("contains(null, 0x01)", "error at 1: contains: argument 1 must be bytes, is nothing"),
        ("replace('a-b-c', '-', '::')", "'a::b::c'"), ("replace('aaa', 'aa', 'b')", "'ba'"),
        ("replace('', 'a', 'b')", "''"),
        ("replace('a', '', 'b')", "error at 1: replace: the part to replace is empty"),
        ("before('a=b=c', '=')", "'a'"), ("after('a=b=c', '=')", "'b=c'"), ("after('a=', '=')", "''"),
        ("before('a', '=')", "error at 1: before: the text does not contain `=`"),
        ("after(1, '=')", "error at 1: after: argument 1 must be text, is a number"),
        ("sdp('d')", "'v=0'"), ("candidates('d')", "[candidate:1]"), ("channel('d').label", "'messages'"),
        ("channel('d').open && channel('d').ordered && channel('d').opener == 'node'", "true"),
        ("channel('e').open || channel('e').label != null", "false"), ("channel('e').end", "'gone'"),
        ("sdp('e')", "error at 1: sdp: link `e` has no description yet"),
        ("channel('l')", "error at 1: channel: link `l` is no data channel"),
        ("identity('l')", "0x0607"), ("identity('k')", "null"),
        ("identity(1)", "error at 1: identity: argument 1 must be text, is a number"),
        ("member(m, 'public')", "0x09"), ("member(m, 'nobody')", "null"), ("member(x, 'public')", "null"),
        ("member(null, 'public')", "null"),
        ("member(m, 1)", "error at 1: member: argument 2 must be text, is a number"),
        ("count(datagrams('u'))", "2"), ("datagrams('u').first.size", "3"), ("datagrams('u').first.at", "1s"),
        ("sent('u').last.bytes", "0x09"),
        ("datagrams('l')", "error at 1: datagrams: link `l` does not carry datagrams"),
        ("sent(1)", "error at 1: sent: argument 1 must be text, is a number"),
        ("[5, 6].first", "5"), ("[5, 6].last", "6"), ("[].first", "error at 4: the list is empty"),
        ("[5].second", "error at 5: a list has no member `second`"),
    ])
    func lists(_ text: String, _ value: String) {
        var scope = Scope.test
        scope.records = { link, message in
            guard link == "l" else { return [] }
            let all: [(String, Value)] = [
                ("toy.say", ["text": "a", "n": 1]), ("toy.num", ["n": 3]), ("toy.say", ["text": "b", "n": 2]),
            ]
            return all.filter { message == "any" || $0.0 == message }.map(\.1)
        }
        scope.unread = { $0 == "l" ? [4, 5] : [] }
        scope.identity = { $0 == "l" ? [6, 7] : nil }
        scope.delay = { $0 == "l" ? .milliseconds(1500) : nil }
        scope.dataChannel = { link in
            var channel = LinkDataChannel()
            if link == "d" {
                (channel.description, channel.candidates) = ("v=0", ["candidate:1"])
                channel.opened = OpenChannel(label: "messages")
                channel.opened?.opener = .them
            }
            channel.end = link == "e" ? "gone" : nil
            return link == "d" || link == "e" ? channel : nil
        }
        scope.datagrams = { link, isSent in
            guard link == "u" else { return nil }
            return isSent ? [(.seconds(3), [9])] : [(.seconds(1), [1, 2, 3]), (.seconds(2), [])]
        }
        #expect(evaluate(text, scope) == value)
    }
    @Test func functionsOfTheProtocol() throws {
        var scope = Scope.test
        scope.functions = [
            ProtocolFunction("double", arguments: 1...1, usage: "double(n)") { v throws(ProtocolFunction.Refusal) in
                guard let n = v[0].integer else { throw ProtocolFunction.Refusal("no number") }
                return .uint(2 * n)
            },
            ProtocolFunction("toy.pair", arguments: 2...2, usage: "toy.pair(a, b)") { v in .list(v) },
        ]
        #expect(evaluate("double(4)", scope) == "8")
        #expect(evaluate("double('a')", scope) == "error at 1: double: no number")
        #expect(evaluate("double(d)", scope) == "error at 1: double does not take a duration")
        #expect(evaluate("toy.pair(1, b)", scope) == "[1, 0x010203]")
        #expect(evaluate("toy.pair(1, b).last", scope) == "0x010203")
        #expect(evaluate("toy.other(1)", scope) == "error at 5: no function is called `other`")
        #expect(evaluate("map([1, 2], n => double(n))", scope) == "[2, 4]")
    }
    @Test(arguments: [
        ("map([1], x => x)", "[1]"), ("map([1], y => x)", "[7]"), ("map([1], x => map([2], y => x + y))", "[[3]]"),
        ("map([map([1], x => x)], x => x)", "[[1]]"), ("all([1], x => x == 1) && x == 7", "true"),
        ("all([1], x => x == 1", "syntax at 21: expected `,` or `)`, found the end"),
        ("all([1], => true)", "syntax at 10: expected a value, found `=`"),
        ("all([1], 5 => true)", "syntax at 12: expected `,` or `)`, found `=`"),
        ("all([1], x => )", "syntax at 15: expected a value, found `)`"),
        ("all([1], x =>x==1)", "true"), ("size([x => 1])", "1"), ("[x => 1] == [1]", "false"),
        ("text([x => 1])", "'[x => ...]'"),
    ])
    func functionsOfOneArgument(_ text: String, _ value: String) {
        #expect(evaluate(text) == value)
    }
    @Test func everyFunctionIsTried() {
        #expect(
            Set(Function.all.keys) == [
                "random", "key", "sign", "verifies", "hex", "utf8", "be", "bytes", "repeat", "size", "slice", "flip",
                "has", "now", "date", "elapsed", "at", "member", "count", "all", "any", "map", "filter", "range", "min",
                "max",
                "join", "sum", "seen", "records", "wire", "unread", "datagrams", "sent", "identity", "delay", "sdp",
                "candidates", "channel", "replace", "before", "after",
                "contains", "text",
                "number", "seconds",
                "milliseconds",
                "le",
            ])
        // Each name occurs once.
        #expect(Function.all.count == Function.list.count + Function.lists.count + Function.texts.count)
    }
    @Test func aProtocolWithoutSignatures() {
        var scope = Scope.test
        scope.algorithm = nil
        for call in ["key('a')", "sign(key('a'), b)", "verifies(b, b, b)"] {
            #expect(evaluate(call, scope).hasSuffix("the protocol has no signatures"))
        }
    }
    @Test func randomComesFromSeedCaseAndLabel() {
        func random(seed: UInt64 = 1, id: String = "case", _ call: String = "random(8, 'l')") -> String {
            var scope = Scope.test
            scope.seed = seed
            scope.caseID = id
            return evaluate(call, scope)
        }
        #expect(random() == random())
        let others = [
            random(seed: 2), random(id: "other"), random("random(8, 'm')"), random("random(8)"), random(" random(8)"),
            random("key('l').seed"),
        ]
        #expect(Set(others + [random()]).count == 7)
        // Longer values begin alike: the label decides the bytes, the length does not.
        #expect(random("slice(random(16, 'l'), 0, 8)") == random())
        // This value is frozen: an old seed from a report must give the same bytes.
        #expect(random() == "0xb9c0b74481040175")
    }
}
