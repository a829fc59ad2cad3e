import Node

extension RecordingRules {
    /// The values that are drawn for each connection: the keys of Noise, and what is encrypted with them.
    static let gossipsub: RecordingRules = {
        var rules = RecordingRules()
        let encrypted = ["static", "payload"]
        rules.random =
            ["libp2p.noise_hello.ephemeral", "libp2p.noise_answer.ephemeral"]
            + ["libp2p.noise_answer", "libp2p.noise_final"].flatMap { name in encrypted.map { "\(name).\($0)" } }
        return rules
    }()
}
