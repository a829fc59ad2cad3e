import Capture
import Glibc
import Node
import Records
import Report

extension Command {
    private static let memory = Option(
        .memory, value: "MIB", "memory for messages (default 512): the first ones of files, else the newest ones")

    static let view = Command(
        name: "view", summary: "browse a capture on the terminal, from files or live",
        operands: "FILE ... | -i DEVICE",
        options: [
            device, captureFilter, snap, buffer, promiscuous, user, match, memory, layers, verify, checksums, rules,
            keyLog, names, time, .color,
        ],
        examples: [
            ("meshspec view capture.pcap", "list, fields and bytes; ? lists the keys"),
            ("meshspec view -Y nano.keepalive capture.pcap", "with a filter; / changes it"),
            ("meshspec view -i lo -f 'tcp port 7075'", "live"),
            ("tcpdump -U -w - port 7075 | meshspec view -", "from a pipe"),
        ],
        notes: """
            Three panes show the messages, the fields of the selected message, and its bytes. Keys: arrows, page up and
            down, home and end; tab goes to the next pane, enter folds a field, / edits the filter, n and N go to
            malformed messages and findings, f follows a peer or a conversation, F shows all again, G stays at the end,
            ? lists all keys, q quits.
            Messages are kept in memory, up to --memory; packets are not kept. From files, the first messages are kept,
            and reading stops. From a device or a pipe, the newest ones are kept. The last line of the screen shows what
            is not kept.
            With -i, `view` gives up root when the device is open and becomes the user of --user, the user of sudo, or
            `nobody`.
            Exit status: 0 no damage in the part that was read, 1 the capture is damaged or packets were lost, 2 usage,
            4 cannot be read or opened, 129, 130 and 143 after SIGHUP, Ctrl-C and SIGTERM.

            """ + filters + input
    ) { invocation in
        let options = try ViewOptions(invocation)
        return try options.run()
    }
}

/// The options of `view`.
struct ViewOptions {
    private var decode: DecodeOptions
    private var live: LiveOptions?
    private var user: String?
    private var model = ViewModel.Options()

    init(_ invocation: Invocation) throws(CommandError) {
        live = try Command.liveOptions(invocation)
        if live != nil {
            guard invocation.operands.isEmpty else { throw CommandError.conflict(.interface, with: "a file") }
            if invocation.has(.names) {
                throw CommandError(.notApplicable, at: .names, "this is for a file, not for a device")
            }
        } else {
            for name in [.filter, .snap, .buffer, .promiscuous, .user] as [OptionName]
            where invocation.has(name) {
                throw CommandError(
                    .notApplicable, at: name, "needs --interface",
                    remedy: name == .filter ? "-Y filters messages" : nil)
            }
        }
        let paths = live == nil ? try Command.files(invocation) : []
        try Self.checkTerminal(paths, live?.device)
        decode = try Command.reading(invocation, paths)
        user = invocation[.user]
        model.title = live?.device ?? paths.joined(separator: " ")
        model.names = decode.names
        model.time = decode.time
        model.memory = (try invocation.number(.memory, 1...65_536) ?? 512) << 20
        model.keepsNewest = live != nil || paths.contains { $0 == "-" || !Files.isRegular($0) }
    }
    private static func checkTerminal(_ paths: [String], _ device: String?) throws(CommandError) {
        let other = device.map { "meshspec capture -i \($0)" } ?? "meshspec decode \(paths.joined(separator: " "))"
        guard Output(1).isTerminal else {
            throw CommandError(
                .system, "standard output is not a terminal",
                remedy: "`\(other)` writes messages, with -o tree their fields", status: ExitCode.usage)
        }
        guard Console.variable("TERM") != "dumb" else {
            throw CommandError(
                .system, at: "TERM=dumb", "the terminal cannot move its cursor", remedy: "`\(other)` writes messages",
                status: ExitCode.usage)
        }
    }

    func run() throws -> Int32 {
        guard areKnown() else { return ExitCode.usage }
        let terminal = try Terminal(readsStandardInput: decode.paths.contains("-"))
        let feed = try ViewFeed()
        let work = try source(feed)
        let signals = SignalQueue([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])
        var threads = ThreadGroup()
        guard threads.start({ work.run() }) else { throw CommandError(.system, "cannot start a thread") }
        let model = ViewModel(Registry.decoded, live == nil ? .reading : .live, filter: decode.filter, model)
        var session = ViewSession(model, terminal: terminal, signals: signals, feed: feed, colour: decode.colour)
        // The thread may wait for a pipe without end. It ends with the process.
        return session.run()
    }
    private func areKnown() -> Bool {
        var diagnostics = Output(2, of: "view")
        defer { diagnostics.flush() }
        return meshspec.areKnown(decode.reading.rules, &diagnostics)
    }
    /// Opens everything that can be opened now, so that an error appears before the screen changes.
    private func source(_ feed: ViewFeed) throws(CommandError) -> ViewReading {
        do throws(CaptureError) {
            if let live {
                let capture = try LiveCapture(live, program: Files.program)
                try Privileges.drop(user: user)
                return ViewReading(capture, decode, feed)
            }
            let files = decode.paths.filter { $0 != "-" && (Files.isRegular($0) || Files.kind($0) != .file) }
            if !files.isEmpty { _ = try CaptureFiles(files) }
            return ViewReading(decode, feed)
        } catch {
            throw error.coded
        }
    }
}
