import DXOS
import Nano
import Network
import Node
import Testing
import WebSocket
import Wire

@testable import Scenario

/// The preflight over TCP finds a node if its layers are established. The tests run in virtual time.
@Suite struct LayerPreflightTests {
    let driver = Driver(SimulatedNetwork(seed: 4))
    let at = Endpoint.loopback(7075)

    /// Asks for a node of this protocol.
    func ask(_ definition: Definition, _ node: (any Node)?) throws -> Preflight.Outcome {
        if let node {
            let (listener, _) = try driver.listen(at)
            driver.add(node, listeners: [listener])
        }
        let preflight = try #require(
            Preflight(definition, definition.settings(), at: at, seed: 9, orLayers: true))
        return preflight.ask(driver)
    }
    func reference(_ definition: Definition) throws -> any Node {
        definition.reference.node(
            NodeOptions(try definition.settings(), random: Random(seed: 3, "node"), listening: at, peers: []))
    }
    func toy(_ rules: [Rule]) -> any Node { ToyNode(rules: rules, peers: [], dialsAfter: .zero) }
    func http(_ text: String) -> any Node { toy([.on(.bytes, .raw(Array("\(text)\r\n\r\n".utf8)))]) }
    static let overWebSocket: [Definition] = [.webSocket, .dxos]

    @Test(arguments: overWebSocket) func stands(definition: Definition) throws {
        guard case .found(let told) = try ask(definition, reference(definition)) else {
            Issue.record("not found")
            return
        }
        #expect(told.parameters == (definition.name == "dxos" ? ["bus": "on"] : [:]))
        // The preflight says goodbye and does not wait for an answer.
        #expect(driver.now < .zero + Preflight.farewell)
    }
    @Test func withoutLayers() throws {
        #expect(try ask(.toy(), toy([])) == .found(Identification()))
        // `init` looks for a protocol, and an open TCP connection does not identify one. WebSocket has its own
        // question.
        let toy = Definition.toy()
        #expect(Preflight(toy, try toy.settings(), at: at, seed: 9) == nil)
        #expect(Preflight(.webSocket, try Definition.webSocket.settings(), at: at, seed: 9) != nil)
    }
    /// A server that declines the compression of the question lacks the capability `permessage_deflate`.
    @Test(arguments: ["on", "off"]) func serverThatDeclinesCompressionLacksIt(deflate: String) throws {
        let node = Definition.webSocket.reference.node(
            NodeOptions(
                try Definition.webSocket.settings(["deflate": deflate]), random: Random(seed: 3, "node"),
                listening: at, peers: []))
        guard case .found(let told) = try ask(.webSocket, node) else {
            Issue.record("not found")
            return
        }
        #expect(told.lacks.keys.sorted() == (deflate == "off" ? ["permessage_deflate"] : []))
    }
    @Test func needsAServer() throws {
        for definition in Self.overWebSocket + [.toy()] {
            let preflight = try #require(
                Preflight(definition, definition.settings(), at: at, seed: 9, orLayers: true))
            #expect(preflight.isFor([]) && preflight.isFor(["client"]) && !preflight.isFor(["server"]))
            #expect(!preflight.tells)
        }
    }
    @Test(arguments: overWebSocket) func nobody(definition: Definition) throws {
        #expect(try ask(definition, nil) == .nobody("nobody listens there"))
    }
    @Test(arguments: overWebSocket) func webServer(definition: Definition) throws {
        #expect(
            try ask(definition, http("HTTP/1.0 200 OK"))
                == .refused("websocket", why: "it answers the upgrade with 200 OK, and not with 101"))
        #expect(driver.now < .zero + .seconds(1))
    }
    /// A wrong answer of WebSocket is a matter for the WebSocket cases. The protocol above it cannot be tried.
    @Test func wrongAccept() throws {
        let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        let node = http(answer + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=")
        guard case .found(let told) = try ask(.webSocket, node), let fault = told.fault else {
            Issue.record("not found")
            return
        }
        #expect(fault.contains("has `AAAAAAAAAAAAAAAAAAAAAAAAAAA=`"))
        guard case .refused("websocket", let why) = try LayerPreflightTests().ask(.dxos, node) else {
            Issue.record("not refused")
            return
        }
        #expect(why.contains("has `AAAAAAAAAAAAAAAAAAAAAAAAAAA=`"))
    }
    @Test func silent() throws {
        #expect(
            try ask(.dxos, toy([])) == .silent(closes: false, saying: "it accepts connections but sends nothing"))
        #expect(driver.now >= .zero + Preflight.patience)
        #expect(try LayerPreflightTests().ask(.webSocket, toy([])) == .silent(closes: false))
    }
    @Test func breaksOff() throws {
        let hello = Array("SSH-2.0-x\r\n".utf8)
        #expect(
            try ask(.dxos, toy([.on(.open, .raw(hello))]))
                == .refused("websocket", why: "it sends `SSH-2.0-x\r\n`, but does not continue the exchange"))
        #expect(
            try LayerPreflightTests().ask(.dxos, toy([.on(.bytes, .raw(hello)), .on(.bytes, .close)]))
                == .refused("websocket", why: "it sends `SSH-2.0-x\r\n` and closes the connection"))
        #expect(
            try LayerPreflightTests().ask(.dxos, toy([.on(.bytes, .close)]))
                == .refused("websocket", why: "it closes the connection"))
        #expect(
            try LayerPreflightTests().ask(.webSocket, toy([.on(.bytes, .close)])) == .silent(closes: true))
    }
    @Test(arguments: [Definition.webSocket, .dxos, .nano]) func echo(definition: Definition) throws {
        #expect(try ask(definition, toy([.on(.bytes, .echo)])) == .echo)
    }
}
