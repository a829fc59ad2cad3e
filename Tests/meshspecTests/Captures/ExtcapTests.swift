import Glibc
import TestThreads
import Testing

@testable import meshspec

/// `meshspec extcap` supports the calls that Wireshark's extcap(4) documents.
@Suite(.waits) struct ExtcapTests {
    let folder: Folder
    init() throws { folder = try Folder() }

    @Test func sourcesAreListed() throws {
        let out = try Shell.run("meshspec extcap --extcap-interfaces --extcap-version=4.0")
        #expect(out.status == 0, "\(out.err)")
        #expect(out.lines.first?.hasPrefix("extcap {version=") == true)
        #expect(out.lines.contains { $0.hasPrefix("interface {value=meshspec-lo}{display=") })
        #expect(out.lines.dropFirst().allSatisfy { $0.hasPrefix("interface {value=meshspec-") && $0.hasSuffix("}") })
        // It works without the command name, and under the name that Wireshark finds.
        #expect(try Shell.run("meshspec --extcap-interfaces --extcap-version=4.0").out == out.out)
        let installed = try Shell.run("meshspec extcap --install '\(folder.path)/deep/folder'")
        #expect(installed.status == 0 && installed.out.hasPrefix("\(folder.path)/deep/folder/meshspec-extcap -> /"))
        #expect(try Shell.run("'\(folder.path)/deep/folder/meshspec-extcap' --extcap-interfaces").out == out.out)
        // A second installation is not an error. A foreign file is not replaced.
        #expect(try Shell.run("meshspec extcap --install '\(folder.path)/deep/folder'").status == 0)
        _ = try folder.write("meshspec-extcap", "mine")
        #expect(try Shell.run("meshspec extcap --install '\(folder.path)'").status == 4)
        #expect(folder.text("meshspec-extcap") == "mine")
        let home = try Shell.run("HOME='\(folder.path)' meshspec extcap --install")
        #expect(
            home.status == 0 && home.out.hasPrefix("\(folder.path)/.local/lib/wireshark/extcap/meshspec-extcap -> "))
    }
    @Test func sourceIsDescribed() throws {
        let dlts = try Shell.run("meshspec extcap --extcap-interface meshspec-lo --extcap-dlts")
        #expect(dlts.status == 0 && dlts.out == "dlt {number=1}{name=EN10MB}{display=Ethernet}\n")
        let config = try Shell.run("meshspec extcap --extcap-config --extcap-interface=meshspec-lo")
        #expect(config.status == 0)
        // Each argument is an option of the command, and is a switch if the option is one.
        for (i, line) in config.lines.enumerated() {
            #expect(line.hasPrefix("arg {number=\(i)}{call=--"), "\(line)")
            let name = line.split(separator: "=")[2].prefix { $0 != "}" }
            let option = Command.extcap.options.first { $0.names[0] == name }
            #expect(option != nil && (option?.value == nil) == line.contains("{type=boolflag}"), "\(line)")
        }
        #expect(config.lines.count == 6)
        #expect(try Shell.run("meshspec extcap --extcap-interface meshspec-lo --extcap-reload-option x").out == "")
    }
    /// The check prints nothing for a valid filter, and the error of an invalid filter.
    @Test func filterIsChecked() throws {
        let call = "meshspec extcap --extcap-interface meshspec-lo --extcap-capture-filter"
        let good = try Shell.run("\(call) 'tcp port 7075'")
        #expect(good.status == 0 && good.out == "")
        let bad = try Shell.run("\(call) 'port port'")
        #expect(bad.status == 0 && bad.out.contains("syntax error"), "\(bad.out)")
    }
    @Test func mistakes() throws {
        let none = try Shell.run("meshspec extcap --extcap-interface meshspec-nosuch0 --extcap-dlts")
        #expect(none.failed(.noDevice, "meshspec-nosuch0"), "\(none.err)")
        #expect(try Shell.run("meshspec extcap").status == 2)
        #expect(try Shell.run("meshspec extcap --capture --extcap-interface meshspec-lo").status == 2)
        let fifo = "--capture --extcap-interface meshspec-lo --fifo"
        #expect(try Shell.run("meshspec extcap \(fifo) /nonexistent/fifo").status == 4)
        #expect(try Shell.run("meshspec extcap --decode-as nonsense \(fifo) '\(folder.path)/f'").status == 2)
        #expect(try Shell.run("meshspec extcap --snap 1 \(fifo) '\(folder.path)/f'").status == 2)
        let filter = try Shell.run("meshspec extcap --extcap-capture-filter 'port port' \(fifo) '\(folder.path)/f'")
        #expect(filter.status == 4, "\(filter.err)")
    }
    /// Each packet passes through the pipe unchanged, with its messages. A signal ends the capture properly.
    @Test(.enabled(if: CaptureCommandTests.mayCapture)) func captures() throws {
        let node = try NodeTests.Running()
        let port = node.address.split(separator: ":").last ?? ""
        let script = try folder.write(
            "capture",
            "cd '\(folder.path)'; mkfifo fifo; cat fifo >out & c=$!\n"
                + "meshspec --extcap-interface meshspec-lo --capture --fifo fifo --extcap-capture-filter 'tcp port \(port)' "
                + "--filter 'ip or ip6' --extcap-control-in x --extcap-control-out y --verify 2>err & p=$!\n"
                + "sleep 1\ncd '\(Shell.package)'\n"
                + "for i in 1 2 3; do meshspec run --target \(node.address) nano.handshake.v2-query >/dev/null 2>&1; done\n"
                + "for i in $(seq 100); do grep -q node_id_handshake '\(folder.path)/out' && break; sleep 0.05; done\n"
                + "grep -c node_id_handshake '\(folder.path)/out'; kill -TERM $p; wait $p; s=$?; wait $c; exit $s\n")
        let out = try Shell.run("bash '\(script)'")
        #expect(out.status == 0, "\(folder.text("err"))")
        #expect(Int(out.lines.first ?? "") ?? 0 > 0, "seen before the end")
        #expect(folder.text("err") == "")
        let stats = try Shell.run("meshspec stats -o json '\(folder.path)/out'")
        #expect(stats.out.contains(#""nano.node_id_handshake":"#), "\(stats.out)\(stats.err)")
        // Packets without a message are also in the output.
        let messages = try Shell.run("meshspec decode '\(folder.path)/out'").lines.count
        let packets = stats.out.split(separator: ",").first?.split(separator: ":").last.flatMap { Int($0) } ?? 0
        #expect(packets > messages)
    }
}
