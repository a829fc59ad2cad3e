internal import Node

extension Duration {
    /// Returns seconds with this number of decimals (at most 6), truncated; never below zero.
    package func seconds(decimals: Int) -> String {
        let whole = max(0, nanoseconds / 1000)
        return "\(whole / 1_000_000).\(String(1_000_000 + whole % 1_000_000).dropFirst().prefix(decimals))"
    }
    /// The whole milliseconds, truncated.
    package var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
