/// Names of the layers of TLS.
enum LayerName {
    static let records = "tls"
    static let handshake = "tls.handshake"
}
