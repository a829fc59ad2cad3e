import Testing

@testable import WebSocket

private let name = "permessage-deflate"

/// The answers of a server without preferences to an offer (RFC 7692, section 7.1). Nil means that it declines.
@Test(arguments: [
    ("", ""), ("server_no_context_takeover", "server_no_context_takeover"),
    ("client_no_context_takeover", "client_no_context_takeover"),
    ("server_max_window_bits=10", "server_max_window_bits=10"),
    ("server_max_window_bits=15", "server_max_window_bits=15"),
    ("server_max_window_bits=\"8\"", "server_max_window_bits=8"), ("client_max_window_bits", ""),
    ("client_max_window_bits=9", "client_max_window_bits=9"), ("client_max_window_bits=15", ""),
    ("server_no_context_takeover=1", nil), ("client_no_context_takeover=true", nil), ("server_max_window_bits", nil),
    ("server_max_window_bits=7", nil), ("server_max_window_bits=16", nil), ("server_max_window_bits=010", nil),
    ("server_max_window_bits=8.0", nil), ("client_max_window_bits=0", nil), ("client_max_window_bits=+9", nil),
    ("window=9", nil), ("server_max_window_bits=9; server_max_window_bits=9", nil),
    ("client_max_window_bits; client_max_window_bits=9", nil),
    (
        "client_no_context_takeover; server_no_context_takeover; server_max_window_bits=12; client_max_window_bits=11",
        "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=11"
    ),
])
func answersToOffers(offer: String, answer: String?) throws {
    let list = try #require(Extension.list(offer.isEmpty ? name : name + "; " + offer))
    let accepted = DeflateNegotiation().accept(list[0])
    #expect(accepted?.answer.text == answer.map { $0.isEmpty ? name : name + "; " + $0 })
    if let accepted { #expect(DeflateNegotiation.agreed(accepted.answer) == accepted.agreed) }
}

/// A server prefers smaller windows and no contexts. It limits the client only if the client allows it.
@Test func serverWithWishes() throws {
    var server = DeflateNegotiation()
    (server.serverNoContextTakeover, server.clientNoContextTakeover) = (true, true)
    (server.serverMaxWindowBits, server.clientMaxWindowBits) = (11, 10)
    let plain = try #require(server.accept(Extension(name: name)))
    #expect(
        plain.answer.text
            == name + "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=11")
    #expect(plain.agreed.clientMaxWindowBits == 15)
    let offer = try #require(Extension.list(name + "; client_max_window_bits=14; server_max_window_bits=9")?.first)
    let limited = try #require(server.accept(offer))
    #expect(limited.agreed.clientMaxWindowBits == 10 && limited.agreed.serverMaxWindowBits == 9)
}

/// The settings that a client derives from answers. Nil means that the answer does not match the offer.
@Test(
    arguments: [
        ("", 15, 15), ("server_max_window_bits=9", 9, 15), ("client_max_window_bits=8", 15, 8),
        ("client_max_window_bits", nil, nil), ("server_max_window_bits", nil, nil), ("x", nil, nil),
        ("server_no_context_takeover; server_no_context_takeover", nil, nil), ("client_max_window_bits=16", nil, nil),
    ] as [(String, Int?, Int?)])
func answersToAClient(answer: String, server: Int?, client: Int?) throws {
    let one = try #require(Extension.list(answer.isEmpty ? name : name + "; " + answer)?.first)
    let agreed = DeflateNegotiation().check(one)
    #expect(agreed?.serverMaxWindowBits == server && agreed?.clientMaxWindowBits == client)
}

@Test func answersBeyondTheOffer() throws {
    func check(_ answer: String, _ change: (inout DeflateNegotiation) -> Void) throws -> DeflateParameters? {
        var client = DeflateNegotiation()
        change(&client)
        return client.check(try #require(Extension.list(name + answer)?.first))
    }
    #expect(try check("; server_max_window_bits=11") { $0.serverMaxWindowBits = 10 } == nil)
    #expect(try check("") { $0.serverMaxWindowBits = 10 } == nil)
    #expect(try check("; server_max_window_bits=10") { $0.serverMaxWindowBits = 10 } != nil)
    #expect(try check("") { $0.serverNoContextTakeover = true } == nil)
    #expect(try check("; client_max_window_bits=11") { $0.clientMaxWindowBits = 10 } == nil)
    #expect(try check("") { $0.clientMaxWindowBits = 10 }?.clientMaxWindowBits == 10)
}

@Test(
    arguments: [
        ("a", 1), ("a, b", 2), ("a;b=c , d;e", 2), (",, a ,", 1), ("", 0), ("a; b=\"c\"", 1), ("a; b=\"\\c\"", 1),
        ("a b", nil), ("a;", nil), ("a; b=", nil), ("a; b=\"c d\"", nil), ("a; b=\"c", nil), ("a=b", nil),
        ("a; =b", nil),
        ("(a)", nil), ("a; b=\"\"", nil),
    ] as [(String, Int?)])
func listsOfExtensions(text: String, count: Int?) { #expect(Extension.list(text)?.count == count) }
