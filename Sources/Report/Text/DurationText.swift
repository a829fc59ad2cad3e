internal import Node

extension Duration {
    /// Seconds with so many decimals, at most 6, cut off; never below zero.
    func seconds(decimals: Int) -> String {
        let whole = max(0, nanoseconds / 1000)
        return "\(whole / 1_000_000).\(String(1_000_000 + whole % 1_000_000).dropFirst().prefix(decimals))"
    }
    /// Whole milliseconds, cut off.
    var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
