/// The names of the layers of TLS.
enum LayerName {
    static let records = "tls"
    static let handshake = "tls.handshake"
    static let alerts = "tls.alert"
}
