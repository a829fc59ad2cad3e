public import Node

/// Several captures as one: their packets in the order of time, numbered through. Of packets of one time those of the
/// file that was named first come first; the order within a file stays as it is.
///
/// A damaged file gives what is whole in it; the others are read to their end before the damage is told.
public struct CaptureFiles: PacketSource, ~Copyable {
    /// Packets handed out so far.
    public private(set) var count = 0
    private let files: UnsafeMutableBufferPointer<CaptureFile>
    /// Numbers of files that have a packet, as a heap: the one whose packet is next stands first.
    private var heap: [Int] = []
    /// The file that the current packet is of.
    private var currentFile: Int?
    private var damage: CaptureError?
    /// Which file brought keys, in the order in which they came.
    private var keys: [(file: Int, number: Int)] = []
    private var keysSeen: [Int]

    /// Opens files; `-` is standard input. All are open at a time.
    public init(_ paths: [String]) throws(CaptureError) {
        // Not yet the member: when this throws, nobody else shall give it back.
        let files = UnsafeMutableBufferPointer<CaptureFile>.allocate(capacity: paths.count)
        var opened = 0
        do throws(CaptureError) {
            for path in paths {
                let file = try CaptureFile(path)
                files.initializeElement(at: opened, to: file)
                opened += 1
            }
        } catch {
            for i in 0..<opened { files.deinitializeElement(at: i) }
            files.deallocate()
            throw error
        }
        self.files = files
        keysSeen = [Int](repeating: 0, count: paths.count)
        for i in 0..<paths.count { step(i) }
    }
    deinit {
        for i in files.indices { files.deinitializeElement(at: i) }
        files.deallocate()
    }

    /// What the files say beside their packets, up to where they were read; in the order in which they were named.
    public var information: [CaptureInformation] { files.indices.map { files[$0].information } }

    /// Goes to the next packet of all; false at the end. What was wrong with a file is thrown there.
    public mutating func advance() throws(CaptureError) -> Bool {
        if let last = currentFile {
            currentFile = nil
            // Nothing to put in order, and nothing to read first.
            if files.count == 1 { return try advanceOnly() }
            step(last)
        }
        guard let next = heap.first else {
            if let damage {
                self.damage = nil
                throw damage
            }
            return false
        }
        removeFirst()
        currentFile = next
        addKeys(of: next, files[next].secretCount)
        count &+= 1
        return true
    }
    /// The next packet of the only file.
    private mutating func advanceOnly() throws(CaptureError) -> Bool {
        guard try files[0].advance() else { return false }
        let secrets = files[0].secretCount
        if keysSeen[0] < secrets { addKeys(of: 0, secrets) }
        currentFile = 0
        count &+= 1
        return true
    }
    private mutating func addKeys(of file: Int, _ secrets: Int) {
        for number in keysSeen[file]..<secrets { keys.append((file, number)) }
        keysSeen[file] = secrets
    }
    /// The packet that `advance` found. Not to be asked before it found one.
    @_lifetime(borrow self)
    public func current() -> Packet {
        let packet = files[currentFile ?? 0].packet(number: count)
        // The bytes stay until `advance` moves a window, which takes `self` mutably.
        return unsafe _overrideLifetime(packet, borrowing: self)
    }
    /// Keys of all files that came so far.
    public var secretCount: Int { keys.count }
    /// Keys by their number.
    public func secrets(_ number: Int) -> Secrets { files[keys[number].file].secrets(keys[number].number) }

    /// Goes to the next packet of a file, which takes its place in the heap.
    private mutating func step(_ file: Int) {
        do throws(CaptureError) {
            guard try files[file].advance() else { return }
        } catch {
            damage = damage ?? (files.count > 1 ? .inFile(files[file].name, error) : error)
            return
        }
        heap.append(file)
        var i = heap.count - 1
        while i > 0, isBefore(heap[i], heap[(i - 1) / 2]) {
            heap.swapAt(i, (i - 1) / 2)
            i = (i - 1) / 2
        }
    }
    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var i = 0
        while true {
            var least = i
            for child in [2 * i + 1, 2 * i + 2] where child < heap.count && isBefore(heap[child], heap[least]) {
                least = child
            }
            guard least != i else { return }
            heap.swapAt(i, least)
            i = least
        }
    }
    private func isBefore(_ a: Int, _ b: Int) -> Bool { (files[a].time, a) < (files[b].time, b) }
}
