import Node
import Wire

extension Inquiry {
    /// An inquiry that subscribes to a random swarm on the bus of meshspec. Every dxRPC server answers; an error shows
    /// that it lacks that bus.
    static let dxos = Inquiry(needs: "server", tells: false) { settings, random in [SignalQuestion(settings, random)] }
}

/// A question that subscribes to a topic of the bus between hosts. The subscription ends with the connection.
struct SignalQuestion: Question {
    let title = ""
    let message: [UInt8]
    private(set) var answer = Inquiry.Result.none
    /// The bus that the user gives.
    private let given: NodeParameters.Bus

    init(_ settings: Settings, _ random: Random) {
        var random = random
        let parameters = NodeParameters(settings)
        let form = WireForm(parameters)
        given = parameters.bus
        let subscription = BusSubscription(.swarm(random.bytes(32)), by: random.bytes(32), isResumed: false)
        var request = RequestContent()
        request.method = Text(Method.subscribe.fullName)
        request.payload = form.payload(Method.subscribe.argument, form.bytes(subscription))
        request.stream = true
        message = form.bytes(Request(request))
    }
    mutating func hear(_ bytes: RawSpan, at time: Instant) {
        if case .whole = answer { return }
        var framing = MessageFraming()
        guard case .message(let type, _) = framing.next(bytes), !(type is NoContent.Type) else {
            answer = .foreign(bytes.withUnsafeBytes { Array($0.prefix(64)) })
            return
        }
        // A host asks for its own topics in return. A build with a handshake sends open.
        guard let response = (try? Response(copying: bytes))?.response, (response.id ?? 0) == 0 else {
            if answer == .none { answer = .partial(Identification()) }
            return
        }
        var found = Identification()
        let lacksBus = response.error != nil
        // Hosts with gossipsub do not show that to a client.
        let bus = !lacksBus ? NodeParameters.Bus.on : given.isCarried ? given : .off
        found.parameters = [NodeParameters.Name.bus: bus.rawValue]
        let none = given.isCarried ? "no bus of meshspec between hosts" : "no bus between hosts"
        found.remarks = [lacksBus ? none : "the bus of meshspec between hosts"]
        answer = .whole(found)
    }
}
