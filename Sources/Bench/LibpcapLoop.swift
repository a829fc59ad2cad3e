internal import CPcap

/// The loop of libpcap over a file, which is the limit for our reader.
enum LibpcapLoop {
    /// Returns the number of packets of a file; nil if libpcap cannot read it.
    static func count(_ path: String) -> Int? {
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard let handle = pcap_open_offline(path, &message) else { return nil }
        defer { pcap_close(handle) }
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        var packets = 0
        while pcap_next_ex(handle, &header, &data) == 1 { packets &+= 1 }
        return packets
    }
}
