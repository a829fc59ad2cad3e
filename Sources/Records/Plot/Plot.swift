/// A diagram of numbers against numbers.
public struct Plot: Sendable {
    /// The quantity and the scale of an axis.
    public struct Axis: Sendable {
        /// The unit of the numbers.
        public enum Unit: Sendable {
            /// Counts.
            case plain
            /// Bytes, shown in thousands and millions.
            case bytes
            /// Seconds.
            case seconds
            /// Shares from 0 to 1, shown as percentages.
            case share
        }
        /// The label beside the axis.
        public var label: String
        /// The unit of its numbers.
        public var unit: Unit
        /// True if the scale is logarithmic. It has no place for zero and negative numbers.
        public var isLogarithmic: Bool
        public init(_ label: String, _ unit: Unit, isLogarithmic: Bool = false) {
            (self.label, self.unit, self.isLogarithmic) = (label, unit, isLogarithmic)
        }
    }
    /// The points of one curve.
    public struct Series: Sendable {
        /// The drawing styles.
        public enum Style: Sendable {
            /// Straight lines between the points.
            case line
            /// Dashed lines between the points.
            case dashed
            /// Steps: each value holds until the next one.
            case steps
            /// One dot per point.
            case dots
        }
        /// The name in the legend; empty if the series is not in the legend.
        public var name: String
        /// The points in the order of x.
        public var points: [(x: Double, y: Double)]
        /// The drawing style.
        public var style: Style
        /// The number of the colour. Series with equal numbers have the same colour.
        public var colour: Int
        public init(_ name: String, _ points: [(x: Double, y: Double)], _ style: Style, colour: Int) {
            (self.name, self.points, self.style, self.colour) = (name, points, style, colour)
        }
    }
    /// The title.
    public var title: String
    /// The horizontal axis, from left to right.
    public var x: Axis
    /// The vertical axis, from the bottom up.
    public var y: Axis
    /// The series; later ones are drawn above earlier ones.
    public var series: [Series]
    /// The lines of text below the diagram.
    public var notes: [String]
    public init(_ title: String, x: Axis, y: Axis, _ series: [Series], notes: [String] = []) {
        (self.title, self.x, self.y, self.series, self.notes) = (title, x, y, series, notes)
    }
}
