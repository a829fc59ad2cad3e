internal import CPcap
internal import Glibc

/// The options of a live capture.
public struct LiveOptions: Hashable, Sendable {
    /// The device, such as `eth0`, or `any`.
    public var device: String
    /// The filter in the language of pcap-filter(7), which the kernel runs; empty for all packets.
    public var filter = ""
    /// The maximum number of captured bytes of a packet.
    public var snapLength = 262_144
    /// The size of the kernel's buffer in bytes.
    public var bufferSize = 16 << 20
    /// True to also capture packets for other machines that reach this device.
    public var isPromiscuous = false
    /// True to receive each packet at once instead of after up to 20 ms. The kernel then reserves room for the longest
    /// packet with each one, so its buffer holds only some hundred packets. Use this on links with little traffic.
    public var isImmediate = false
    /// Creates options that capture all packets of one device.
    public init(_ device: String) { self.device = device }
}

/// A live capture of a device's packets through libpcap.
public struct LiveCapture: PacketSource, ~Copyable {
    /// The numbers of packets that a live capture lost.
    public struct Drops: Hashable, Sendable {
        /// The number of packets that the kernel's buffer had no room for, because this program was too slow.
        public var byKernel = 0
        /// The number of packets that the device or its driver dropped, if it reports them.
        public var byDevice = 0
    }
    /// The device.
    public let device: String
    /// The link type of all its packets.
    public let link: LinkType
    /// The number of packets returned so far.
    public private(set) var count = 0
    /// True if no more packets follow.
    public private(set) var isOver = false
    let handle: OpaquePointer
    private let descriptor: Int32
    private let isNano: Bool
    private(set) var header: UnsafeMutablePointer<pcap_pkthdr>?
    private(set) var data: UnsafePointer<UInt8>?

    /// Opens a device. An error about missing rights names `program`, the path of this program.
    public init(_ options: LiveOptions, program: String = "meshspec") throws(CaptureError) {
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard let handle = pcap_create(options.device, &message) else {
            throw .unreadable(options.device, Self.text(message))
        }
        // These are not yet properties: if this throws, only the handle must be closed.
        let found: (link: LinkType, isNano: Bool)
        do throws(CaptureError) {
            found = try Self.activate(handle, options, program)
        } catch {
            pcap_close(handle)
            throw error
        }
        self.handle = handle
        (link, isNano) = found
        device = options.device
        descriptor = pcap_get_selectable_fd(handle)
    }
    deinit { pcap_close(handle) }

    private static func activate(
        _ handle: OpaquePointer, _ options: LiveOptions, _ program: String
    ) throws(CaptureError) -> (link: LinkType, isNano: Bool) {
        pcap_set_snaplen(handle, Int32(clamping: options.snapLength))
        pcap_set_promisc(handle, options.isPromiscuous ? 1 : 0)
        pcap_set_buffer_size(handle, Int32(clamping: options.bufferSize))
        pcap_set_immediate_mode(handle, options.isImmediate ? 1 : 0)
        // The time in milliseconds for which the kernel collects a batch, unless in immediate mode.
        pcap_set_timeout(handle, 20)
        let isNano = pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO) == 0
        let code = pcap_activate(handle)
        guard code >= 0 else {
            switch code {
            case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED:
                throw .deviceDenied(options.device, program: program)
            case PCAP_ERROR_NO_SUCH_DEVICE: throw .noSuchDevice(options.device, known: devices)
            case PCAP_ERROR_IFACE_NOT_UP: throw .deviceDown(options.device, packets: 0)
            default: throw .unreadable(options.device, error(handle) ?? String(cString: pcap_statustostr(code)))
            }
        }
        let link = LinkType(rawValue: pcap_datalink(handle))
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        if pcap_setnonblock(handle, 1, &message) != 0 { throw .unreadable("the device", text(message)) }
        if !options.filter.isEmpty,
            let problem = Self.problem(ofFilter: options.filter, handle, { pcap_setfilter(handle, &$0) })
        {
            throw .badFilter(options.filter, problem)
        }
        guard LinkType.supported.contains(link) else { throw .unsupportedLinkType(link) }
        return (link, isNano)
    }
    /// Returns the text of libpcap's last error; nil if it has no text.
    static func error(_ handle: OpaquePointer) -> String? {
        pcap_geterr(handle).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    /// Compiles a filter and passes it to `use`. Returns the reason in libpcap's words if libpcap rejects it.
    static func problem(
        ofFilter filter: String, _ handle: OpaquePointer, _ use: (inout bpf_program) -> Int32 = { _ in 0 }
    ) -> String? {
        var program = bpf_program()
        if pcap_compile(handle, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0 {
            defer { pcap_freecode(&program) }
            if use(&program) == 0 { return nil }
        }
        return error(handle) ?? "not understood"
    }
    /// The names of the devices that this user may see.
    public static var devices: [String] {
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        var all: UnsafeMutablePointer<pcap_if_t>?
        guard pcap_findalldevs(&all, &message) == 0, let first = all else { return [] }
        defer { pcap_freealldevs(first) }
        return sequence(first: first) { $0.pointee.next }.compactMap { $0.pointee.name.map { String(cString: $0) } }
    }

    /// Waits until packets may be available, the time is over, or a signal arrives.
    public func wait(milliseconds: Int32) {
        var device = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&device, 1, milliseconds)
    }
    /// Moves to the next packet. Returns false if no packet is available now. Throws if the device went down.
    public mutating func advance() throws(CaptureError) -> Bool {
        guard !isOver else { return false }
        let code = pcap_next_ex(handle, &header, &data)
        if code == 1, header != nil, data != nil {
            count &+= 1
            return true
        }
        (header, data) = (nil, nil)
        if code == 0 { return false }
        isOver = true
        if code == PCAP_ERROR_BREAK { return false }
        let why = Self.error(handle) ?? "error \(code)"
        // The texts are "The interface disappeared", "The network is down" and similar ones.
        if why.contains("went down") || why.contains("is down") || why.contains("disappeared") {
            throw .deviceDown(device, packets: count)
        }
        throw .unreadable(device, why)
    }
    /// Returns the packet that `advance` found; a packet without bytes if it found none.
    @_lifetime(borrow self)
    public func current() -> Packet {
        let seconds = Int64(header?.pointee.ts.tv_sec ?? 0)
        let fraction = Int64(header?.pointee.ts.tv_usec ?? 0)
        let bytes = UnsafeRawBufferPointer(start: data, count: Int(header?.pointee.caplen ?? 0)).bytes
        let packet = Packet(
            number: count, time: Timestamp(seconds: seconds, nanoseconds: isNano ? fraction : fraction &* 1000),
            length: Int(header?.pointee.len ?? 0), link: link, bytes: unsafe _overrideLifetime(bytes, copying: ()))
        // The bytes belong to libpcap and are valid until its next call, which takes `self` mutably.
        return unsafe _overrideLifetime(packet, borrowing: self)
    }
    /// The numbers of packets lost so far, as the kernel and the device report them.
    public var drops: Drops {
        var stat = pcap_stat()
        guard pcap_stats(handle, &stat) == 0 else { return Drops() }
        return Drops(byKernel: Int(stat.ps_drop), byDevice: Int(stat.ps_ifdrop))
    }
    static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
