import Glibc
import TestThreads
import Testing

@testable import meshspec

/// The built program captures on the loopback device. The tests need the right to capture. Without it, they only check
/// the refusal.
@Suite(.serialized, .waits) struct CaptureCommandTests {
    static let mayCapture: Bool = {
        guard geteuid() == 0, let out = try? Shell.run("meshspec capture -i lo --duration 1 -o none") else {
            return false
        }
        return out.status < 2
    }()
    let folder: Folder
    init() throws { folder = try Folder() }

    /// Sends datagrams to a port without a listener, 20 each second, while a command runs.
    func traffic(_ command: String) throws -> Shell.Outcome {
        let script = try folder.write(
            "run",
            "(for i in $(seq 100); do echo hello > /dev/udp/127.0.0.1/9; sleep 0.05; done) 2>/dev/null & t=$!\n"
                + command + "; s=$?; kill $t; wait; exit $s\n")
        return try Shell.run("bash '\(script)'")
    }
    @Test(.enabled(if: mayCapture)) func writesAndCounts() throws {
        let out = try traffic(
            "meshspec capture -i lo -f 'udp port 9' -o none -w '\(folder.path)/a.pcap' -c 3 --duration 20")
        #expect(out.status == 0, "\(out.err)")
        #expect(out.err.contains("3 packets, 0 dropped by the kernel, 0 by the device"))
        #expect(try Shell.run("meshspec stats -o json '\(folder.path)/a.pcap'").out.contains(#""packets":3"#))
    }
    @Test(.enabled(if: mayCapture)) func ringKeepsTheNewest() throws {
        let out = try traffic(
            "meshspec capture -i lo -f 'udp port 9' -o none -w '\(folder.path)/r.pcap' --ring-time 1 --ring-files 2 --duration 4"
        )
        #expect(out.status == 0, "\(out.err)")
        let names = try Shell.run("cd '\(folder.path)'; ls r_*").lines
        #expect(names.count == 2 && names.allSatisfy { $0.hasPrefix("r_0000") } && !names.contains("r_00001.pcap"))
        for n in names { #expect(try Shell.run("meshspec stats '\(folder.path)/\(n)'").status == 0) }
    }
    @Test(.enabled(if: mayCapture)) func errors() throws {
        let none = try Shell.run("meshspec capture -i nosuchdevice0")
        #expect(none.failed(.noDevice, "nosuchdevice0"), "\(none.err)")
        let filter = try Shell.run("meshspec capture -i lo -f 'port port'")
        #expect(filter.failed(.badExpression, "port port", status: 4), "\(filter.err)")
        #expect(try Shell.run("meshspec capture -i lo --user nosuchuser0 -c 1").status == 4)
        let path = try Shell.run("meshspec capture -i lo -w /nonexistent/a.pcap")
        #expect(path.failed(.cannotWrite, "/nonexistent/a.pcap"), "\(path.err)")
    }
    @Test func usage() throws {
        #expect(try Shell.run("meshspec capture").status == 2)
        #expect(try Shell.run("meshspec capture -i lo --ring-size 2").failed(.notApplicable, "--write"))
        #expect(try Shell.run("meshspec capture -i lo -w x --ring-files 2").failed(.notApplicable, "--ring-size"))
    }
    /// The program gives up root: it then runs as another user without capabilities.
    @Test(.enabled(if: mayCapture)) func rootIsGivenUp() throws {
        let script = try folder.write(
            "who",
            "meshspec capture -i lo -o none --duration 2 & p=$!; sleep 1; "
                + "grep -E '^(Uid|CapEff|CapPrm)' /proc/$p/status; wait $p\n")
        let out = try Shell.run("bash '\(script)'")
        #expect(out.out.contains("CapEff:\t0000000000000000") && out.out.contains("CapPrm:\t0000000000000000"))
        #expect(!out.out.contains("Uid:\t0\t"), "\(out.out)")
    }
    /// The program reports a full disk and keeps the packets from before.
    @Test(.enabled(if: mayCapture && access("/usr/bin/unshare", X_OK) == 0)) func fullDisk() throws {
        let script = try folder.write(
            "full",
            "cd '\(folder.path)'; chmod 755 .; mkdir disk; mount -t tmpfs -o size=64k,mode=1777 none disk || exit 77\n"
                + "(for i in $(seq 400); do head -c 1000 /dev/zero >/dev/udp/127.0.0.1/9; sleep 0.01; done) 2>/dev/null & t=$!\n"
                + "meshspec capture -i lo -f 'udp port 9' -o none -w disk/a.pcap --duration 20; s=$?\n"
                + "kill $t; wait; meshspec stats -o json disk/a.pcap 2>/dev/null | grep -o '\"packets\":[1-9]' | head -1; exit $s\n"
        )
        let out = try Shell.run("unshare --mount bash '\(script)'")
        if out.status == 77 { return }
        #expect(out.status == 1, "\(out.status) \(out.err)")
        #expect(out.reports(.cannotWrite, "disk/a.pcap: No space left"), "\(out.err)")
        #expect(out.lines.first?.hasPrefix("\"packets\":") == true, "\(out.out)")
    }
    /// The program opens the file without rights, as the owner of its folder. It follows no link. If that owner may not
    /// write there, it does not write either.
    @Test(.enabled(if: mayCapture)) func filesOfAnother() throws {
        let script = try folder.write(
            "files",
            "cd '\(folder.path)'; chmod 755 .; echo mine >victim; mkdir theirs; chown nobody theirs\n"
                + "ln -s '\(folder.path)/victim' theirs/link.pcap; ln -s '\(folder.path)/victim' theirs/r_00001.pcap\n"
                + "c='meshspec capture -i lo -f none -o none --duration 1'; c=${c/-f none/}\n"
                + "$c -w theirs/a.pcap; echo $? $(stat -c %U theirs/a.pcap)\n"
                + "$c -w theirs/link.pcap; echo $?; $c -w theirs/r.pcap --ring-size 1; echo $?\n"
                + "$c -w b.pcap --user nobody; echo $?; cat victim\n")
        let out = try Shell.run("bash '\(script)'")
        #expect(out.lines == ["0 nobody", "4", "4", "4", "mine"], "\(out.out) \(out.err)")
        #expect(out.reports(.cannotWrite, "theirs/link.pcap: it is a symbolic link"), "\(out.err)")
        #expect(out.reports(.cannotWrite, "theirs/r_00001.pcap"), "\(out.err)")
        #expect(out.reports(.cannotWrite, "user nobody; --user chooses another"), "\(out.err)")
    }
    /// Without the capability, the message names the capability and the command that grants it.
    @Test(.enabled(if: geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0)) func permissionDenied() throws {
        let out = try Shell.run("setpriv --bounding-set -all --inh-caps -all meshspec capture -i lo")
        #expect(out.status == 4, "\(out.err)")
        #expect(out.err.contains("CAP_NET_RAW") && out.err.contains("sudo setcap cap_net_raw=ep /"))
    }
    /// The command in the message is sufficient for a user without any other right.
    @Test(.enabled(if: mayCapture && access("/usr/bin/setpriv", X_OK) == 0 && access("/usr/sbin/setcap", X_OK) == 0))
    func grantedAsTold() throws {
        let script = try folder.write(
            "grant",
            "cd '\(folder.path)'; chmod 755 .; cp \"$(command -v meshspec)\" . || exit 77\n"
                + "user='setpriv --reuid=65534 --regid=65534 --clear-groups'\n"
                + "$user ./meshspec capture -i lo -o none --duration 1 2>told; echo $?\n"
                + "grant=$(sed -n 's/.*`sudo \\(setcap [^`]*\\)`.*/\\1/p' told); /usr/sbin/$grant || exit 77\n"
                + "$user ./meshspec capture -i lo -p -o none --duration 1; echo $?\n")
        let out = try Shell.run("bash '\(script)'")
        // Some file systems do not store capabilities.
        if out.status == 77 { return }
        #expect(out.lines == ["4", "0"], "\(out.out) \(out.err)")
    }
    /// A network namespace has a device that is removed, a device whose other end goes down, and `any`, which never
    /// goes down.
    @Test(.enabled(if: mayCapture)) func devicesOfANamespace() throws {
        let script = try folder.write(
            "devices",
            "ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up || exit 77\n"
                + "(sleep 1; ip link del v0) & meshspec capture -i v0 -o none --duration 20; echo gone $?; wait\n"
                + "ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up\n"
                + "(sleep 1; ip link set v1 down) & meshspec capture -i v0 -o none --duration 2; echo peer $?; wait\n"
                + "(sleep 1; ip link set v0 down) & meshspec capture -i any -o none --duration 2; echo any $?; wait\n"
                // The program decodes the packets from before the removal.
                + "ip link set v0 up; ip link set v1 up; ip link set lo up\n"
                + "(sleep 1; ip link del v0) & meshspec capture -i v0 --monitor --duration 20; echo monitor $?; wait\n")
        let out = try Shell.run("unshare --net bash '\(script)' || echo status $?")
        if out.out.contains("status") { return }
        #expect(out.lines == ["gone 1", "peer 0", "any 0", "monitor 6"], "\(out.out) \(out.err)")
        #expect(out.err.contains("v0 went down"))
    }
    /// The device goes down during the capture. The test needs the right to create a device.
    @Test(.enabled(if: mayCapture)) func deviceGoesDown() throws {
        let script = try folder.write(
            "down",
            "ip link add msdown0 type dummy || exit 77\nip link set msdown0 up\n(sleep 1; ip link set msdown0 down) &\n"
                + "meshspec capture -i msdown0 -o none --duration 10; s=$?\nwait\n"
                + "meshspec capture -i msdown0 -o none --duration 1; echo again $?\nip link del msdown0\nexit $s\n")
        let out = try Shell.run("bash '\(script)'")
        if out.status == 77 { return }
        #expect(out.status == 1 && out.err.contains("msdown0 went down"), "\(out.status) \(out.err)")
        #expect(out.out.contains("again 4"))
    }
}
