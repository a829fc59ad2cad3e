internal import Glibc

/// The bytes of a file or pipe, as a window that moves forward. A gzip file is unpacked.
///
/// Reads in large pieces: `read` into memory that stays in the cache is faster than mapping the file, whose every page
/// faults. The window grows only when bytes arrive, never because a length in the file claims them.
struct ByteSource: ~Copyable {
    /// The number of bytes read at a time.
    static let pieceSize = 256 << 10

    private let descriptor: Int32
    /// The memory of the window, which is `head..<tail`.
    private var memory: UnsafeMutableRawBufferPointer
    private var head = 0
    private var tail = 0
    private var gunzip: Gunzip?
    private var ended = false
    /// The reason why no more bytes follow, unless it is the end of the file.
    private(set) var trouble: String?

    /// Takes over an open descriptor and closes it at the end of its life.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        memory = .allocate(byteCount: Self.pieceSize, alignment: 16)
        if fill(2), Gunzip.magic.elementsEqual(memory[head..<head + 2]) { beginGunzip() }
    }
    deinit {
        memory.deallocate()
        close(descriptor)
    }

    /// The number of bytes in the window.
    var count: Int { tail &- head }
    /// The bytes in the window. The span is valid until the next `fill`, `skip` or `discard`; no lifetime enforces
    /// this.
    var bytes: RawSpan {
        @_lifetime(immortal) @inline(__always) get {
            unsafe _overrideLifetime(UnsafeRawBufferPointer(rebasing: memory[head..<tail]).bytes, copying: ())
        }
    }
    /// Skips bytes of the window.
    mutating func skip(_ count: Int) { head &+= min(count, tail &- head) }

    /// Reads until the window has `count` bytes. Returns false if the source ends before.
    @inline(__always)
    mutating func fill(_ count: Int) -> Bool { tail &- head >= count || fillSlowly(count) }
    @inline(never)
    private mutating func fillSlowly(_ count: Int) -> Bool {
        while tail &- head < count {
            if ended { return false }
            makeSpace()
            let free = UnsafeMutableRawBufferPointer(rebasing: memory[tail...])
            let got = gunzip == nil ? readSome(free) : unpackSome(free)
            if got <= 0 {
                ended = true
                return false
            }
            tail &+= got
        }
        return true
    }
    /// Skips `count` bytes, reading them if necessary. Returns false if the source ends before.
    mutating func discard(_ count: Int) -> Bool {
        var left = count
        while left > self.count {
            left &-= self.count
            head = tail
            guard fill(1) else { return false }
        }
        skip(left)
        return true
    }
    /// Moves the window to the front of its memory, and doubles the memory if the window fills it.
    private mutating func makeSpace() {
        if head == tail {
            (head, tail) = (0, 0)
        } else if tail == memory.count, head > 0 {
            memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[head..<tail]))
            (head, tail) = (0, tail &- head)
        }
        guard tail == memory.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 &* memory.count, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(memory))
        memory.deallocate()
        memory = larger
    }
    private mutating func readSome(_ free: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            let got = read(descriptor, free.baseAddress, free.count)
            if got >= 0 { return got }
            let code = errno
            if code == EAGAIN {
                // The descriptor is non-blocking, so this waits for bytes.
                var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                poll(&wait, 1, -1)
            } else if code != EINTR {
                failure = code
                trouble = String(cString: strerror(code))
                return 0
            }
        }
    }
    /// The error number, if reading failed.
    private(set) var failure: Int32?

    /// Starts to unpack: the bytes read so far are the beginning of a gzip file.
    private mutating func beginGunzip() {
        guard let gunzip = Gunzip(inputSize: max(64 << 10, memory.count)) else {
            trouble = "no memory to decompress it"
            (ended, head) = (true, tail)
            return
        }
        let first = UnsafeRawBufferPointer(rebasing: memory[head..<tail])
        _ = gunzip.feed { input in
            input.copyMemory(from: first)
            return first.count
        }
        (head, tail) = (0, 0)
        self.gunzip = gunzip
    }
    private mutating func unpackSome(_ free: UnsafeMutableRawBufferPointer) -> Int {
        guard let gunzip else { return 0 }
        let count = gunzip.unpack(free) { readSome($0) }
        if count == 0, trouble == nil {
            trouble =
                gunzip.trouble.map { "the gzip data is damaged: \($0)" }
                ?? (gunzip.isBetweenMembers ? nil : "the gzip data ends early")
        }
        return count
    }
}
