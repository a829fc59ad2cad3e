import Capture
import Glibc
import Report
import Scenario

extension Command {
    /// The interface that Wireshark calls: one call for each question, then a call that captures.
    static let extcap = Command(
        name: "extcap", summary: "act as a capture source of Wireshark, with messages as packet comments",
        operands: "[DIR]",
        options: [
            Option(
                .install, "create a link named \(Extcap.linkName) in DIR, where Wireshark looks for capture sources"),
            Option(.extcapInterfaces, "list the capture sources"),
            Option(.extcapVersion, value: "VERSION", "version of the calling Wireshark"),
            Option(.extcapInterface, value: "SOURCE", "capture source, such as meshspec-eth0"),
            Option(.extcapDlts, "print the link type of the source"),
            Option(.extcapConfig, "print the arguments of the source"),
            Option(
                .extcapReloadOption, value: "ARGUMENT", "print the values of an argument (no argument has any)"),
            Option(
                .extcapCaptureFilter, value: "FILTER",
                "capture filter; without --capture, only check it"),
            Option(.capture, "capture"),
            Option(.fifo, value: "PATH", "where to write the packets as pcapng; `-` is standard output"),
            Option(.extcapControlIn, value: "PATH", "not used"),
            Option(.extcapControlOut, value: "PATH", "not used"),
            Option(.extcapCleanupPostkill, "has no effect: there is nothing to clean up"),
            Option(.filter, value: "FILTER", "second capture filter; a packet must pass both"),
            Option(.decodeAs, value: "RULES", "protocols of ports, several separated by `;`: tcp.port==17075,nano"),
            verify,
            Option(.promiscuous, "capture packets for other hosts too"),
            Option(.snap, value: "BYTES", "capture at most BYTES of each packet (default 262144)"),
            Option(.messagesOnly, "capture only packets that contain messages"),
        ],
        examples: [
            ("meshspec extcap --install", "into ~/.local/lib/wireshark/extcap, where Wireshark 4.2 and later look"),
            ("meshspec extcap --install DIR", "for older versions: the extcap path of `tshark -G folders`"),
            ("meshspec extcap --extcap-interfaces", "the first call of Wireshark"),
        ],
        notes:
            "The program does the same when it is called as \(Extcap.linkName), without a command.\n"
            + "`tshark -i meshspec-lo` then captures from lo.\n"
            + "Capturing needs CAP_NET_RAW: `sudo setcap cap_net_raw=ep PROGRAM`, once.\n"
            + "Exit status: 0 success, 1 packets were lost, 2 usage, 4 cannot capture or install.",
        body: Extcap.run)
}

/// `meshspec extcap`: Wireshark's interface for capture sources (extcap(4)).
enum Extcap {
    /// The name of the program in Wireshark's folder.
    static let linkName = "meshspec-extcap"
    /// The prefix of the names of sources.
    static let prefix = "meshspec-"

    /// Returns true if Wireshark has called the program. Such a call names no command.
    static func isCall(_ program: String, _ arguments: [String]) -> Bool {
        program.split(separator: "/").last.map(String.init) == linkName
            || arguments.first.map { $0.hasPrefix("--extcap-") } ?? false
    }
    static func run(_ invocation: Invocation) throws -> Int32 {
        if invocation.has(.install) { return try install(invocation) }
        if let first = invocation.operands.first {
            throw CommandError(.extraArgument, "unexpected argument `\(first)`")
        }
        let devices = CaptureDevice.all
        if invocation.has(.extcapInterfaces) { return try Console.print(sources(devices)) }
        if invocation.has(.extcapCleanupPostkill) { return ExitCode.good }
        guard let name = invocation[.extcapInterface] else {
            throw CommandError(
                .missingArgument, "only Wireshark calls this command",
                remedy: "`--install` lets Wireshark find the program")
        }
        guard let device = devices.first(where: { prefix + $0.name == name }) else {
            let known = devices.map { prefix + $0.name }
            throw CommandError(.noDevice, no: "source", called: name, of: known)
        }
        if invocation.has(.extcapDlts) {
            let (name, text) = device.linkNames
            return try Console.print(
                "dlt {number=\(device.link.rawValue)}{name=\(plain(name))}{display=\(plain(text))}")
        }
        if invocation.has(.extcapConfig) { return try Console.print(configuration) }
        if invocation.has(.extcapReloadOption) { return ExitCode.good }
        guard invocation.has(.capture) else {
            guard let filter = invocation[.extcapCaptureFilter] else {
                throw CommandError(.missingArgument, at: name, "no action is given")
            }
            // A valid filter has no output. The status is always 0, so that Wireshark reads the output.
            return try device.problem(ofFilter: filter).map { try Console.print($0) } ?? ExitCode.good
        }
        return try capture(device, invocation)
    }

    /// Removes braces, which delimit fields, and escapes control characters.
    private static func plain(_ text: String) -> String {
        Printable.text(text.filter { $0 != "{" && $0 != "}" })
    }
    static func sources(_ devices: [CaptureDevice]) -> String {
        (["extcap {version=\(Version.current)}{display=meshspec}"]
            + devices.map {
                "interface {value=\(prefix)\(plain($0.name))}{display=mesh messages of \(plain($0.name))}"
            }).joined(separator: "\n")
    }
    /// The arguments that Wireshark offers to its user.
    static let configuration = """
        arg {number=0}{call=--decode-as}{display=Protocols of ports}{type=string}{required=false}\
        {tooltip=Such as tcp.port==17075,nano; separate several by semicolons}{placeholder=tcp.port==17075,nano}
        arg {number=1}{call=--filter}{display=Capture filter}{type=string}{required=false}\
        {tooltip=As for tcpdump; a packet must pass this filter and the one of Wireshark}{placeholder=tcp port 7075}
        arg {number=2}{call=--verify}{display=Verify everything}{type=boolflag}{default=false}\
        {tooltip=Signature and work of each vote and block}
        arg {number=3}{call=--messages-only}{display=Only packets that contain messages}{type=boolflag}{default=false}
        arg {number=4}{call=--promiscuous}{display=Promiscuous mode}{type=boolflag}{default=false}
        arg {number=5}{call=--snap}{display=Snap length}{type=unsigned}{range=64,262144}{default=262144}
        """

    private static func capture(_ device: CaptureDevice, _ invocation: Invocation) throws -> Int32 {
        guard let path = invocation[.fifo] else { throw CommandError.dependent(.capture, on: .fifo) }
        var decode = DecodeOptions(path: "-", form: .pcapng)
        decode.reading.scrutiny = Command.scrutiny(invocation)
        decode.isWhole = !invocation.has(.messagesOnly)
        for text in (invocation[.decodeAs] ?? "").split(separator: ";") where text.contains(where: { $0 != " " }) {
            decode.reading.rules.append(try CommandError.usage { try DecodeAs(String(text)) })
        }
        var options = CaptureOptions(live: LiveOptions(device.name))
        options.decode = decode
        let filters = [.extcapCaptureFilter, .filter].compactMap { invocation[$0] }
            .filter { $0.contains { $0 != " " } }
        options.live.filter =
            filters.count > 1 ? filters.map { "(\($0))" }.joined(separator: " and ") : filters.first ?? ""
        options.live.isPromiscuous = invocation.has(.promiscuous)
        options.live.snapLength = try invocation.number(.snap, 64...262_144) ?? 262_144
        // Open the pipe before root is given up, because it belongs to the caller. This waits for a reader.
        let descriptor = path == "-" ? 1 : Files.openItself(path, O_WRONLY | O_CREAT, mode: 0o600)
        guard descriptor >= 0 else { throw CommandError.unwritten(path, Files.reason(errno)) }
        defer { close(descriptor) }
        var output = Output(descriptor)
        // Wireshark shows any text on standard error as an error.
        var diagnostics = Output(nil, of: "extcap")
        let status = meshspec.capture(
            options, output: &output, diagnostics: &diagnostics)
        if status != ExitCode.good { Console.error(String(decoding: diagnostics.pending.dropLast(), as: UTF8.self)) }
        return status
    }

    private static func install(_ invocation: Invocation) throws -> Int32 {
        guard invocation.operands.count < 2 else {
            throw CommandError(
                .extraArgument, expected: "one folder", found: invocation.operands.joined(separator: " "))
        }
        let home = Console.variable("HOME").map { $0 + "/.local/lib/wireshark/extcap" }
        guard let folder = invocation.operands.first ?? home else {
            throw CommandError(.missingArgument, "which folder? HOME is not set", remedy: "give DIR")
        }
        let link = folder + "/" + linkName
        _ = Files.makeFolder(folder)
        // Replace only a symbolic link. A file or folder of that name is not ours.
        var info = stat()
        if lstat(link, &info) == 0, info.st_mode & S_IFMT == S_IFLNK { unlink(link) }
        guard symlink(Files.program, link) == 0 else {
            throw CommandError.unwritten(link, String(cString: strerror(errno)))
        }
        return try Console.print(
            "\(link) -> \(Files.program)\nWireshark and tshark list its sources at their next start, if they look for "
                + "capture sources in this folder: see `tshark -G folders`")
    }
}
