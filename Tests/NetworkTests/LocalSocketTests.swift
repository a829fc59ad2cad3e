import Glibc
import Node
import TestThreads
import Testing

@testable import Network

/// Tests of sockets that are identified by a path.
@Suite(.waits) struct LocalSocketTests {
    /// A path in a temporary folder.
    final class Place {
        let folder: String
        var path: String { folder + "/a.sock" }
        init() throws {
            var template = Array("/tmp/meshspec-local-XXXXXX".utf8CString)
            folder = String(cString: try #require(mkdtemp(&template)))
        }
        deinit {
            unlink(path)
            rmdir(folder)
        }
        var mode: mode_t? {
            var s = stat()
            return lstat(path, &s) == 0 ? s.st_mode : nil
        }
    }
    let place: Place
    let network: SocketNetwork
    let log = Log()

    init() throws {
        place = try Place()
        network = try SocketNetwork()
        log.now = { [network] in network.now }
    }
    private func reason(_ body: () throws(NetworkError) -> Void) -> String? {
        do throws(NetworkError) {
            try body()
            return nil
        } catch { return error.reason }
    }

    /// A local socket carries more bytes than the limit for remote peers, in both directions. Only its owner can access
    /// the file, which is removed at the end.
    @Test func carriesBytes() throws {
        let listener = try network.listen(path: place.path)
        #expect(place.mode == S_IFSOCK | 0o600)
        let driver = Driver(network)
        let mine = try network.dial(path: place.path)
        let size = SocketNetwork.backlog + 100_000
        driver.send([UInt8](repeating: 7, count: size), on: mine)
        var theirs: LinkID?
        var (got, back) = (0, 0)
        let end = driver.now + .seconds(60)
        while back < size, let h = driver.next(until: end) {
            switch h {
            case .opened(let link, let peer, let through):
                #expect(peer.isUnspecified && through == listener)
                theirs = link
            case .received(let link, let bytes) where link == theirs:
                got += bytes.count
                if got == size { driver.send([UInt8](repeating: 8, count: size), on: link) }
            case .received(_, let bytes): back += bytes.count
            default: Issue.record("\(h)")
            }
        }
        #expect(got == size && back == size)
        network.stopListening(listener)
        #expect(place.mode == nil)
        #expect(reason { () throws(NetworkError) in _ = try network.dial(path: place.path) } == Socket.error(ENOENT))
    }
    /// An existing file that is not ours is not replaced.
    @Test func replacesNothingForeign() throws {
        let file = try #require(fopen(place.path, "w"))
        fputs("precious", file)
        fclose(file)
        #expect(
            reason { () throws(NetworkError) in _ = try network.listen(path: place.path) }
                == "a file that is not a socket exists there")
        #expect(place.mode.map { $0 & S_IFMT } == S_IFREG)
        unlink(place.path)
        #expect(symlink("/nowhere", place.path) == 0)
        #expect(
            reason { () throws(NetworkError) in _ = try network.listen(path: place.path) }
                == "a file that is not a socket exists there")
        unlink(place.path)
        // Another process listens there.
        let listener = try network.listen(path: place.path)
        let other = try SocketNetwork()
        #expect(
            reason { () throws(NetworkError) in _ = try other.listen(path: place.path) }
                == "another process already listens there")
        #expect(place.mode != nil)
        network.stopListening(listener)
    }
    /// A socket file without a listener was left by a killed node, so it is replaced.
    @Test func replacesWhatIsLeft() throws {
        let left = try LocalSocket.listen(at: place.path)
        left.socket.close()
        #expect(place.mode != nil)
        #expect(
            reason { () throws(NetworkError) in _ = try network.dial(path: place.path) } == Socket.error(ECONNREFUSED))
        let listener = try network.listen(path: place.path)
        _ = try network.dial(path: place.path)
        // The file of another listener that replaced ours is not removed.
        unlink(place.path)
        let next = try LocalSocket.listen(at: place.path)
        network.stopListening(listener)
        #expect(place.mode != nil)
        next.close()
        #expect(place.mode == nil)
    }
    @Test func pathsOfMoreBytesThanTheSystemKeeps() {
        let long = "/tmp/" + String(repeating: "a", count: 200)
        for path in [long, ""] {
            #expect(
                reason { () throws(NetworkError) in _ = try network.listen(path: path) }
                    == "the path must have 1 to 107 bytes")
            #expect(
                reason { () throws(NetworkError) in _ = try network.dial(path: path) }
                    == "the path must have 1 to 107 bytes")
        }
    }
}
