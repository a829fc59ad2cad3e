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
        hasQueried = true
        return cookie
    }

    /// Handles a handshake message before the handshake is done.
    mutating func handleHandshake(_ bytes: RawSpan, at now: Instant, in core: inout NodeCore, into out: inout [Action])
    {
        guard var message = core.handshake(bytes) else { return }
        if message.query == nil, message.response == nil {
            if core.rules.profile.closesOnEmptyHandshake { return fail(.emptyHandshake, &out) }
            if core.rules.profile.takesEmptyHandshakeForQuery { hasReceivedHandshake = true }
            return
        }
        if message.query != nil, hasReceivedHandshake {
            let isPassed = core.has(.acceptsSecondQuery) || core.has(.acceptsLaterQuery) && message.response == nil
            guard isPassed else { return fail(.secondQuery, &out) }
            message.query = nil
        }
        hasReceivedHandshake = true
        // The node verifies the response before it answers. nano-node answers first, which is equally correct.
        if let response = message.response {
            let reason = refusal(of: response, now, &core)
            core.statistics.count(
                response: core.has(.badSignatureMiscounted) && reason == .invalidSignature ? .missingCookie : reason)
            if let reason { return fail(reason, &out) }
            peerVersion = message.header.versionUsing
        }
        if let cookie = message.query { respond(to: cookie, version: message.version, now, &core, &out) }
        if let response = message.response {
            establish(response.nodeID, message.version, at: now, in: &core, into: &out)
        }
    }

    /// Returns why a response is refused. It checks in the same order as nano-node (network.cpp,
    /// `verify_handshake_response`).
    private func refusal(
        of response: NodeIDHandshake.Response, _ now: Instant, _ core: inout NodeCore
    ) -> CloseReason? {
        if response.nodeID == core.nodeID {
            return core.has(.acceptsOwnIDV1) && response.version == 1 ? nil : .ownNodeID
        }
        if response.version >= 2, !core.takes(genesis: response.genesis, version: response.version, by: opener) {
            return .wrongGenesis
        }
        // The cookie is used up even if the signature turns out to be wrong.
        guard let cookie = core.cookies.take(peer, now: now) else { return .missingCookie }
        return core.takes(response, over: cookie, by: opener) ? nil : .invalidSignature
    }

    /// Answers a query in the highest version that both sides know. It adds a query of our own unless one was sent
    /// before.
    mutating func respond(
        to cookie: Key32, version: UInt8, _ now: Instant, _ core: inout NodeCore, _ out: inout [Action]
    ) {
        if opener == .them, core.has(version > 1 ? .noAnswer : .v1QueryIgnored) { return }
        var message = NodeIDHandshake()
        message.header = core.rules.header(.nodeIDHandshake)
        message.version = version
        if !hasQueried { message.query = newCookie(now, &core) }
        message.response = response(to: cookie, version: message.version, &core)
        if core.has(.undeclaredResponse), opener == .them, version > 1 {
            message.header.extensions.stored = message.bits & ~2
        }
        send(message.encoded(), now, &out)
    }
    private func response(to cookie: Key32, version: UInt8, _ core: inout NodeCore) -> NodeIDHandshake.Response {
        var response = NodeIDHandshake.Response(version: version)
        response.nodeID = core.nodeID
        response.salt = core.salt()
        response.genesis = core.genesisToName
        response.capabilities = version >= 3 ? core.rules.profile.capabilities : 0
        response.sign(with: core.key, over: cookie)
        if let proof = core.peculiarProof(response, over: cookie) {
            response.signature = Fixed(exactly: core.key.sign(proof.span.bytes)) ?? response.signature
        }
        if core.has(.badSignature), version > 1 { response.signature.bytes[7] ^= 1 }
        return response
    }

    /// Marks the connection as established, because the other side has proved its id. All messages are processed from
    /// now on.
    private mutating func establish(
        _ nodeID: Key32, _ version: UInt8, at now: Instant, in core: inout NodeCore, into out: inout [Action]
    ) {
        guard core.join(nodeID, from: peer, link: link) else { return fail(.duplicateNodeID, &out) }
        state = .realtime(nodeID)
        out.report(
            "handshake_done", link,
            [.init("node_id", nodeID.value(in: RawSpan())), .init("version", .uint(UInt64(version)))])
        // The other side listens at the endpoint that we dialed.
        if opener == .us { core.setListeningPeer(peer, link) }
        keepalive(aboutUs: true, now: now, &core, &out)
        askForVotes(now, core, &out)
    }
}
