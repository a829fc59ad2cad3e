import Crypto
import Node
import Wire

// The handshake.
extension Session {
    /// Sends a cookie for the other side to sign.
    mutating func query(_ now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        var message = NodeIDHandshake()
        message.header = core.rules.header(.nodeIDHandshake)
        message.version = core.rules.profile.handshake
        message.query = newCookie(now, &core)
        // The other side cannot answer without a cookie. It is missing only if the same port was used again within the
        // lifetime of a cookie.
        guard message.query != nil else { return close(.missingCookie, &out) }
        send(message.encoded(), now, &out)
    }
    /// Returns a cookie for the other side; nil if the limit of open cookies is reached.
    private mutating func newCookie(_ now: Instant, _ core: inout NodeCore) -> Key32? {
        let cookie = core.cookie()
        guard core.cookies.assign(cookie, to: peer, now: now) else { return nil }
        core.issue(cookie)
        hasQueried = true
        return cookie
    }

    /// Handles a handshake message before the handshake is done.
    mutating func handleHandshake(_ bytes: RawSpan, at now: Instant, in core: inout NodeCore, into out: inout [Action])
    {
        guard let asked = RawHeader(bytes, at: 0)?.extensions, var message = core.handshake(bytes) else { return }
        if message.query == nil, message.response == nil {
            let isPassed = core.has(.acceptsEmptyHandshake) || core.has(.acceptsEmptyLater) && hasReceivedHandshake
            if core.rules.profile.closesOnEmptyHandshake, !isPassed { return fail(.emptyHandshake, &out) }
            if core.rules.profile.takesEmptyHandshakeForQuery { hasReceivedHandshake = true }
            return
        }
        if message.query != nil, hasReceivedHandshake {
            let isPassed = core.has(.acceptsSecondQuery) || core.has(.acceptsLaterQuery) && message.response == nil
            guard isPassed else { return fail(.secondQuery, &out) }
            message.query = nil
        }
        hasReceivedHandshake = true
        if core.has(.ignoresV1Answer), opener == .us, message.version == 1, message.response != nil { return }
        // The node verifies the response before it answers. nano-node answers first, which is equally correct.
        if let response = message.response, let reason = refusal(of: response, now, &core) {
            return fail(reason, &out)
        }
        if let cookie = message.query { respond(to: cookie, version: message.version, asked: asked, now, &core, &out) }
        if let response = message.response {
            establish(response.nodeID, message.version, at: now, in: &core, into: &out)
        }
    }

    /// Returns why a response is refused. It checks in the same order as nano-node (network.cpp,
    /// `verify_handshake_response`).
    private func refusal(
        of response: NodeIDHandshake.Response, _ now: Instant, _ core: inout NodeCore
    ) -> CloseReason? {
        if core.nodeIDs.contains(response.nodeID) {
            return core.has(.acceptsOwnID) || core.has(.acceptsOwnIDV1) && response.version == 1 ? nil : .ownNodeID
        }
        if response.version >= 2, !core.takes(genesis: response.genesis, version: response.version, by: opener) {
            return .wrongGenesis
        }
        // The cookie is used up even if the signature turns out to be wrong.
        guard let cookie = core.cookies.take(peer, now: now) else {
            return core.has(.acceptsResponseFirst) && !hasQueried ? nil : .missingCookie
        }
        return core.takes(response, over: cookie, by: opener) ? nil : .invalidSignature
    }

    /// Answers a query in the highest version that both sides know. It adds a query of our own unless one was sent
    /// before.
    mutating func respond(
        to cookie: Key32, version: UInt8, asked: UInt16, _ now: Instant, _ core: inout NodeCore, _ out: inout [Action]
    ) {
        // The faults of wrong answers apply when the node was dialed. Openers have faults of their own.
        let isDialed = opener == .them
        if core.has(isDialed ? (version > 1 ? .noAnswer : .v1QueryIgnored) : .openerSilent), isDialed || version > 1 {
            return
        }
        if isDialed, core.has(.v3Unanswered), asked & 8 != 0 { return }
        var message = NodeIDHandshake()
        message.header = core.rules.header(.nodeIDHandshake)
        message.version = version
        if isDialed, core.has(.v1AnswerToV2) || core.has(.v3FlagConfuses) && asked & 8 != 0 { message.version = 1 }
        if isDialed, core.has(.v2AnswerToV1) { message.version = max(2, version) }
        if !isDialed, core.has(.openerAnswersV1) { message.version = 1 }
        if !isDialed, core.has(.openerAnswersV2ToV3) { message.version = min(2, version) }
        let asksAgain = core.has(.queryInThirdMessage) && version > 1 || core.has(.openerV1WithQuery) && version == 1
        let asksNot = isDialed && core.has(version > 1 ? .answerWithoutQuery : .v1AnswerWithoutQuery)
        if !hasQueried && !asksNot || asksAgain && !isDialed { message.query = newCookie(now, &core) }
        if core.has(.answersInTwo), isDialed, version > 1, message.query != nil {
            send(message.encoded(), now, &out)
            message.query = nil
        }
        message.response = response(to: cookie, version: message.version, &core)
        if isDialed, core.has(.v2FlagMissing), version > 1 { message.header.extensions.stored = message.bits & ~4 }
        if isDialed, core.has(.undeclaredResponse), version > 1 { message.header.extensions.stored = message.bits & ~2 }
        send(message.encoded(), now, &out)
    }
    private func response(to cookie: Key32, version: UInt8, _ core: inout NodeCore) -> NodeIDHandshake.Response {
        var response = NodeIDHandshake.Response(version: version)
        response.nodeID = Fixed(exactly: key.publicKey) ?? response.nodeID
        response.salt = core.salt()
        response.genesis = core.genesisToName
        response.capabilities = version >= 3 ? core.rules.profile.capabilities : 0
        if core.has(.v3CapabilitiesLittle) { response.capabilities = response.capabilities.byteSwapped }
        if core.has(.v3ReservedSet), version >= 3 { response.reserved = 1 }
        response.sign(with: key, over: cookie)
        if let proof = core.peculiarProof(response, over: cookie) {
            response.signature = Fixed(exactly: key.sign(proof.span.bytes)) ?? response.signature
        }
        if core.has(version == 1 ? .badV1Signature : .badSignature) { response.signature.bytes[7] ^= 1 }
        return response
    }

    /// Marks the connection as established, because the other side has proved its id. All messages are processed from
    /// now on.
    private mutating func establish(
        _ nodeID: Key32, _ version: UInt8, at now: Instant, in core: inout NodeCore, into out: inout [Action]
    ) {
        guard core.join(nodeID, from: peer, link: link) else { return fail(.duplicateNodeID, &out) }
        core.newest = link
        state = .realtime(nodeID)
        out.report(
            "handshake_done", link,
            [.init("node_id", nodeID.value(in: RawSpan())), .init("version", .uint(UInt64(version)))])
        // The other side listens at the endpoint that we dialed.
        if opener == .us { core.setListeningPeer(peer, link) }
        keepalive(aboutUs: true, now: now, &core, &out)
        askForVotes(now, core, &out)
        if opener == .us, core.has(version == 1 ? .openerV1Closes : .openerCloses) { close(.fault, &out) }
    }
}
