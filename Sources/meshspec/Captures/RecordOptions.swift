import CLinux
import Capture
import Node
import Records
import Scenario
import Text
import Wire

/// The options that all commands about captures share.
extension Command {
    static let match = Option(.match, short: "-Y", value: "FILTER", "only messages that match; see below")
    static let layers = Option(
        .layers, "show the frames of layers too, such as WebSocket frames, not only what they carry")
    static let form = Option(
        .output, short: "-o", value: "FORM", "line, tree, json, hex, pcapng, fields=A,B or fields-csv=A,B")
    static let pageForm = Option(
        .output, short: "-o", value: "FORM", "line, tree, json, hex, html, pcapng, fields=A,B or fields-csv=A,B")
    static let rules = Option(
        .decodeAs, short: "-d", value: "RULE", repeatable: true,
        "decode a port as this protocol, whatever its traffic looks like: tcp.port==17075,nano")
    static let keyLog = Option(
        .keylog, value: "FILE", repeatable: true,
        "keys of TLS or Noise (Spec/keylog.md), read before the capture; `capture` follows a growing file"
    )
    static let threads = Option(
        .threads, value: "N", "number of threads that share the work (default: one per processor, at most 4)")

    static let checksums = Option(
        .checksums, "verify IPv4, TCP and UDP checksums; report and skip packets with a wrong one")

    static let names = Option(.names, short: "-N", "show names instead of addresses if the capture has them")

    static let time = Option(
        .time, short: "-t", value: "FORM",
        "times in line, hex, html: relative to first packet, delta to previous, absolute, epoch; short: r, d, ud, e"
    )
    static let count = Option(.count, short: "-c", value: "N", "end after N shown messages")

    static let input =
        "FILE is pcap or pcapng, plain or compressed with gzip; `-` is standard input. Several files are merged by time.\n"
    static let exits = "Exit status: 0 read to the end, 1 read but damaged, 2 usage, 4 cannot be read."
    static let filters = """
        FILTER: nano.keepalive | message == nano.publish | response.node_id contains a5cf | peers.port in {7075, 54000..54010}
        `meshspec help filters` has the whole language.

        """

    static func files(_ invocation: Invocation) throws(CommandError) -> [String] {
        guard !invocation.operands.isEmpty else {
            throw CommandError(
                .missingArgument, "which file?", remedy: "give a path, or `-` for standard input")
        }
        guard invocation.operands.count(where: { $0 == "-" }) < 2 else {
            throw CommandError(.extraArgument, at: "-", "standard input is given twice")
        }
        return invocation.operands
    }
    static func decodeAs(_ invocation: Invocation) throws(CommandError) -> [DecodeAs] {
        try CommandError.usage { try invocation.all(.decodeAs).map { try DecodeAs($0) } }
    }
    /// Reads the keys of `--keylog`. `grows`: the files are read again if a key is missing.
    static func secrets(_ invocation: Invocation, grows: Bool = false) throws(CommandError) -> Secrets {
        let files = try invocation.all(.keylog).map { path throws(CommandError) in
            try KeyLogFile(path, grows: grows)
        }
        let more: @Sendable (Secrets) -> Void = { all in for file in files { file.read(into: all) } }
        let secrets = Secrets(more: grows ? more : nil)
        for file in files {
            file.read(into: secrets, isWhole: !grows)
            for complaint in file.takeComplaints() { Console.error("meshspec: \(Printable.text(complaint))") }
        }
        return secrets
    }
    /// Returns the names in the captures if the user asked for them. Problems of the files are reported by the next
    /// reading.
    static func names(_ invocation: Invocation, _ paths: [String]) throws(CommandError) -> AddressNames {
        guard invocation.has(.names) else { return AddressNames() }
        guard !paths.contains("-") else {
            throw CommandError(
                .wrongFile, at: .names, "the capture is read twice", remedy: "give a file, not a pipe")
        }
        guard var files = try? CaptureFiles(paths) else { return AddressNames() }
        while (try? files.advance()) ?? false {}
        return AddressNames(files.information)
    }
    /// Returns the number of threads.
    static func threads(_ invocation: Invocation) throws(CommandError) -> Int {
        try invocation.number(.threads, 1...64) ?? min(4, max(1, Int(linux_processors())))
    }
    /// Returns the filter of `-Y`; nil without one.
    static func filter(_ invocation: Invocation) throws(CommandError) -> Filter? {
        guard let text = invocation[.match] else { return nil }
        do throws(FilterError) { return try Filter(text, Registry.decoded) } catch {
            let excerpt = Excerpt(text, from: error.range.lowerBound + 1, to: error.range.upperBound + 1)
            var failure = error.coded
            (failure.place, failure.excerpt) = ("-Y", "  \(excerpt.text)\n  \(excerpt.carets)")
            throw failure
        }
    }
    /// Returns the options for reading captures.
    static func reading(_ invocation: Invocation, _ paths: [String]) throws(CommandError) -> DecodeOptions {
        var options = DecodeOptions(path: "-")
        options.paths = paths
        options.reading = ReadingOptions(
            rules: try decodeAs(invocation), scrutiny: scrutiny(invocation),
            secrets: try secrets(invocation, grows: invocation.has(.interface)),
            checksums: invocation.has(.checksums))
        options.filter = try filter(invocation)
        options.names = try names(invocation, paths)
        options.colour = try Console.style(invocation, descriptor: 1).hasColour
        options.showsLayers = invocation.has(.layers) || options.filter?.namesLayers ?? false
        if let word = invocation[.time] {
            let words = RecordTime.allCases.map(\.rawValue)
            if let time = RecordTime(tshark: word) {
                options.time = time
            } else {
                options.time = RecordTime(rawValue: try Invocation.word(.time, word, words)) ?? .relative
            }
        }
        return options
    }
    /// Returns the options for reading captures and for writing records. `words` are the values of `-o`; the first one
    /// is the default. Nil if nothing would be written: `none` without a monitor.
    static func records(
        _ invocation: Invocation, _ paths: [String], _ words: [String] = ["line", "tree", "json", "hex", "pcapng"]
    ) throws(CommandError) -> DecodeOptions? {
        var options = try reading(invocation, paths)
        let text = try invocation.form() ?? words[0]
        for (prefix, isCSV) in [("fields=", false), ("fields-csv=", true)] where text.hasPrefix(prefix) {
            options.form = .fields
            options.isCSV = isCSV
            let names = text.dropFirst(prefix.count).split(separator: ",", omittingEmptySubsequences: false)
            options.fields = try CommandError.usage("-o \(prefix)..") {
                try names.map { try FieldReference(String($0), Registry.decoded) }
            }
            return options
        }
        guard text != "fields" else {
            throw CommandError(
                .missingValue, at: "-o fields", "which fields?", remedy: "write -o fields=time,src,message")
        }
        let known = words + ["fields=A,B", "fields-csv=A,B"]
        guard words.contains(text) else {
            throw CommandError(
                .badValue, at: .output, expected: NearestName.choice(known), found: text,
                meant: NearestName.nearest(text, in: words))
        }
        guard let form = DecodeOptions.Form(rawValue: text) else {
            options.isSilent = true
            return invocation.has(.monitor) ? options : nil
        }
        options.form = form
        if form == .pcapng || form == .html, Output(1).isTerminal {
            throw CommandError(
                .conflict, at: "-o \(text)", "this cannot be shown on a terminal",
                remedy: "write it to a file: `... -o \(text) > FILE`")
        }
        return options
    }
}
