// One end of a WebRTC data channel between hubs, for programs without their own one. Signals and messages are JSON
// texts, one per line of standard input and output (`Line`). It ends when the channel is closed by either side, or at
// the end of its input after all data is sent. Exit status: 0 if the channel was open and is closed, 1 if it failed, 2
// for a usage error, 4 if the program was built without WebRTC, or GStreamer lacks a part.
#if WebRTC
    import CLinux
    import Glibc
    import TLS

    let usage = """
        usage: meshspec-datachannel offer|answer [--stun HOST:PORT]
        Signals (offer, answer, ice-candidate) and messages of the channel go as JSON texts over standard input and output,
        one on each line.

        """
    let arguments = Array(CommandLine.arguments.dropFirst())
    let server: String?
    switch (arguments.first, arguments.dropFirst().first, arguments.count) {
    case ("offer", nil, _), ("answer", nil, _): server = nil
    case ("offer", "--stun", 3), ("answer", "--stun", 3): server = "stun://" + arguments[2]
    default:
        fputs(usage, linux_stderr())
        exit(2)
    }
    signal(SIGPIPE, SIG_IGN)
    do throws(PeerError) {
        guard let identity = Certificate.selfSigned() else { throw PeerError(text: "no certificate can be made") }
        let events = Events(identity: String(decoding: identity.chain + identity.key, as: UTF8.self))
        let peer = try Peer(events, server: server)
        var bridge = Bridge(peer, events, offers: arguments.first == "offer")
        var isGood = false
        do { isGood = try bridge.run() } catch { Lines.complain("\(error)") }
        peer.stop()
        exit(isGood ? 0 : 1)
    } catch {
        Lines.complain(error.text)
        exit(4)
    }
#else
    import CLinux
    import Glibc

    fputs("meshspec-datachannel: built without the package trait WebRTC\n", linux_stderr())
    exit(4)
#endif
