import Testing
import Wire

@testable import Nano
@testable import Node

private func cookies(limit: Int = 4) -> SynCookies {
    SynCookies(lifetime: .seconds(5), purge: .seconds(5), limit: limit)
}
private func peer(_ port: UInt16, host: UInt32 = 1) -> Endpoint { Endpoint(v4: host, port: port) }

@Test func oneCookieForEachPeer() {
    var open = cookies()
    let cookie = Key32(repeating: 1)
    let assigned = [
        open.assign(cookie, to: peer(1), now: .zero), open.assign(Key32(repeating: 2), to: peer(1), now: .zero),
        open.assign(Key32(repeating: 3), to: peer(2), now: .zero),
    ]
    #expect(assigned == [true, false, true])
    let taken = [open.take(peer(1), now: .zero), open.take(peer(1), now: .zero)]
    #expect(taken == [cookie, nil], "used up by asking")
    let again = open.assign(cookie, to: peer(1), now: .zero)
    #expect(again)
}

@Test func limitForEachAddress() {
    var open = cookies()
    let assigned = (1...5).map { open.assign(Key32(), to: peer($0), now: .zero) }
    #expect(assigned == [true, true, true, true, false])
    let elsewhere = open.assign(Key32(), to: peer(5, host: 2), now: .zero)
    open.forget(peer(1))
    let afterwards = open.assign(Key32(), to: peer(5), now: .zero)
    #expect(elsewhere && afterwards && open.count == 5)
}

/// Purges run at 5, 10 and 15 s. Each removes cookies with an age of 5 s.
@Test func purgeTakesTheOld() {
    func lives(from: Int64, until: Int64) -> Bool {
        var open = cookies()
        _ = open.assign(Key32(repeating: 1), to: peer(1), now: .zero + .milliseconds(from))
        return open.take(peer(1), now: .zero + .milliseconds(until)) != nil
    }
    #expect(lives(from: 0, until: 4999) && !lives(from: 0, until: 5000))
    #expect(lives(from: 1, until: 9999) && !lives(from: 1, until: 10000))
    #expect(lives(from: 4999, until: 9999) && !lives(from: 4999, until: 10000))
    #expect(lives(from: 5000, until: 9999) && !lives(from: 5000, until: 10000))
    var open = cookies(limit: 100)
    for port in 1...100 as ClosedRange<UInt16> { _ = open.assign(Key32(), to: peer(port), now: .zero) }
    let before = open.count
    _ = open.assign(Key32(), to: peer(200), now: .zero + .seconds(5))
    #expect(before == 100 && open.count == 1, "nothing is kept beyond its life")
}

/// If no cookie can be open for a peer, the node answers with only a response.
@Test func answerWithoutAQuery() throws {
    let at = Endpoint(v4: 0x7f00_0001, port: 5)
    var table = Table()
    try table.add("node", network: "dev")
    // The number of waiting connections equals the limit of an address.
    let waiting = (0..<255).map { table.attach("node", from: Endpoint(v4: at.v4 ?? 0, port: UInt16(1000 + $0))) }
    for link in waiting { table.say(Peer().query(), on: link) }
    #expect(table.handshakes(on: waiting[254]).first?.query != nil)
    let twice = table.attach("node", from: Endpoint(v4: at.v4 ?? 0, port: 1000))
    table.say(Peer().query(), on: twice)
    let answer = try #require(table.handshakes(on: twice).first)
    #expect(answer.query == nil && answer.header.extensions.value == 0x0006)
    #expect(answer.response?.isSigned(over: Peer().cookie) == true)
}
