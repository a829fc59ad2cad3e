import Libp2p
import Node
import Wire

/// Functions of scenario expressions that make and read Fills. An identity is the seed of an Ed25519 key.
let fillFunctions: [ProtocolFunction] = [
    ProtocolFunction(
        "gossipsub.fill", arguments: 10...11,
        usage:
            "gossipsub.fill(taker's seed, maker's seed, market, id, price, amount, maker's order, its version, taker's order, its version, mistake?): a Fill that both signed; empty text or one of these mistakes: "
            + FillMistake.allCases.map(\.rawValue).joined(separator: " ")
    ) { arguments throws(ProtocolFunction.Refusal) in
        let (taker, maker) = (
            Identity(seed: try arguments[0].bytesArgument()), Identity(seed: try arguments[1].bytesArgument())
        )
        let fill = try terms(arguments, of: maker.peer.bytes)
        let word = arguments.count > 10 ? try arguments[10].textArgument() : ""
        if word.isEmpty { return .bytes(fill.offered(by: taker).executed(by: maker).encoded()) }
        guard let mistake = FillMistake(rawValue: word) else {
            throw ProtocolFunction.Refusal("no mistake is called \(word)")
        }
        return .bytes(mistake.make(fill, taker, maker))
    },
    ProtocolFunction(
        "gossipsub.offer", arguments: 10...10,
        usage:
            "gossipsub.offer(taker's seed, maker's peer id, market, id, price, amount, maker's order, its version, taker's order, its version): a Fill that only the taker has signed"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let fill = try terms(arguments, of: try arguments[1].bytesArgument())
        return .bytes(fill.offered(by: Identity(seed: try arguments[0].bytesArgument())).encoded())
    },
    ProtocolFunction(
        "gossipsub.executed", arguments: 2...2,
        usage: "gossipsub.executed(maker's seed, offer): the offer, signed by the maker too"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard let fill = try? Fill(copying: try arguments[1].bytesArgument()) else {
            throw ProtocolFunction.Refusal("a Fill is expected")
        }
        return .bytes(fill.executed(by: Identity(seed: try arguments[0].bytesArgument())).encoded())
    },
    ProtocolFunction(
        "gossipsub.fills", arguments: 1...1,
        usage:
            "gossipsub.fills(list of messages' data): the Fills and offers in them, with their fields, `signed` (by the maker too) and `bytes`"
    ) { arguments throws(ProtocolFunction.Refusal) in
        .list(try arguments[0].listOfBytes().flatMap { ((try? Orders(copying: $0))?.fills ?? []).map { row($0) } })
    },
    ProtocolFunction(
        "gossipsub.part_fills", arguments: 1...1,
        usage: "gossipsub.part_fills(list of parts): the Fills in the parts of a snapshot, like gossipsub.fills"
    ) { arguments throws(ProtocolFunction.Refusal) in
        .list(
            try arguments[0].listOfBytes().flatMap {
                ((try? SnapshotPart(copying: $0))?.part.fills ?? []).map { row($0) }
            })
    },
    ProtocolFunction(
        "gossipsub.fill_defect", arguments: 2...2,
        usage:
            "gossipsub.fill_defect(Fill, market): the defect of the Fill, in one word; null if it is valid, `offer` if only the maker's signature is missing"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let market = Array(try arguments[1].textArgument().utf8)
        let fill = try arguments[0].bytesArgument()
        do throws(OrderDefect) {
            return try MarketFill(fill, of: market).isExecuted ? .null : .text("offer")
        } catch { return .text(error.rawValue) }
    },
]

/// Returns an unsigned Fill with the arguments of a function.
private func terms(_ arguments: [Value], of maker: [UInt8]) throws(ProtocolFunction.Refusal) -> Fill {
    var fill = Fill()
    fill.market = Text(try arguments[2].textArgument())
    fill.id = Bytes(try arguments[3].bytesArgument())
    (fill.price, fill.amount) = (Text(try arguments[4].textArgument()), Text(try arguments[5].textArgument()))
    guard case .uint(let makerVersion) = arguments[7], case .uint(let takerVersion) = arguments[9] else {
        throw ProtocolFunction.Refusal("versions are expected")
    }
    (fill.maker, fill.makerOrder, fill.makerVersion) = (
        Bytes(maker), Bytes(try arguments[6].bytesArgument()), makerVersion
    )
    (fill.takerOrder, fill.takerVersion) = (Bytes(try arguments[8].bytesArgument()), takerVersion)
    return fill
}
private func row(_ fill: Fill) -> Value {
    func text(_ field: Text?) -> Value { field.map { .text($0.string(in: RawSpan())) } ?? .null }
    func bytes(_ field: Bytes?) -> Value { field.map { .bytes($0.array()) } ?? .null }
    func number(_ field: UInt64?) -> Value { field.map { .uint($0) } ?? .null }
    return .map([
        .init("id", bytes(fill.id)), .init("market", text(fill.market)), .init("price", text(fill.price)),
        .init("amount", text(fill.amount)), .init("maker", bytes(fill.maker)),
        .init("maker_order", bytes(fill.makerOrder)), .init("maker_version", number(fill.makerVersion)),
        .init("taker", bytes(fill.taker)), .init("taker_order", bytes(fill.takerOrder)),
        .init("taker_version", number(fill.takerVersion)), .init("signed", .bool(fill.makerSignature != nil)),
        .init("bytes", .bytes(fill.encoded())),
    ])
}

/// The mistakes that a Fill may have.
private enum FillMistake: String, CaseIterable {
    /// The taker's signature is missing.
    case noTaker = "no_taker"
    case flippedTaker = "flipped_taker"
    case flippedMaker = "flipped_maker"
    /// The signatures do not cover the prefix.
    case bare
    /// Each signature is in the field of the other one.
    case exchanged
    /// The taker is the maker.
    case same
    /// The Fill has an unknown field, which the signatures cover too.
    case unknown
    /// The amount is changed after the signatures were made.
    case altered

    func make(_ fill: Fill, _ taker: Identity, _ maker: Identity) -> [UInt8] {
        var good = fill.offered(by: taker).executed(by: maker)
        switch self {
        case .noTaker: good.takerSignature = nil
        case .flippedTaker: good.takerSignature = Bytes((good.takerSignature?.array() ?? []).spoiled)
        case .flippedMaker: good.makerSignature = Bytes((good.makerSignature?.array() ?? []).spoiled)
        case .bare:
            let signed = Array(good.signed.dropFirst(Fill.signaturePrefix.count))
            (good.takerSignature, good.makerSignature) = (Bytes(taker.sign(signed)), Bytes(maker.sign(signed)))
        case .exchanged: (good.takerSignature, good.makerSignature) = (good.makerSignature, good.takerSignature)
        case .same: return fill.offered(by: maker).executed(by: maker).encoded()
        case .unknown:
            let signed = good.signed + .unknownField
            (good.takerSignature, good.makerSignature) = (Bytes(taker.sign(signed)), Bytes(maker.sign(signed)))
            return good.encoded() + .unknownField
        case .altered: good.amount = Text((good.amount?.string(in: RawSpan()) ?? "") + "1")
        }
        return good.encoded()
    }
}
