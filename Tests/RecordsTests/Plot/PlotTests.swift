import Testing

@testable import Records

/// The positions of numbers on axes, and the picture as text.
struct PlotTests {
    private func scale(_ unit: Plot.Axis.Unit, _ values: [Double], isLogarithmic: Bool = false) -> PlotScale {
        PlotScale(.init("", unit, isLogarithmic: isLogarithmic), values)
    }
    private func ticks(_ s: PlotScale) -> [String] { s.ticks.map(s.text) }

    @Test func linear() {
        let s = scale(.seconds, [0.2, 6.8])
        #expect(ticks(s) == ["0 s", "2 s", "4 s", "6 s", "8 s"])
        #expect(s.place(0) == 0 && s.place(8) == 1 && s.place(2) == 0.25)
        #expect(ticks(scale(.share, [0, 1])) == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"])
        #expect(ticks(scale(.bytes, [1_900_000])) == ["0 B", "500 kB", "1 MB", "1.5 MB", "2 MB"])
    }
    @Test func logarithmic() {
        let s = scale(.plain, [100, 10_000], isLogarithmic: true)
        #expect(ticks(s) == ["100", "300", "1,000", "3,000", "10,000"])
        #expect(s.place(100) == 0 && s.place(10_000) == 1 && abs((s.place(1000) ?? 0) - 0.5) < 1e-9)
        #expect(s.place(0) == nil && s.place(-5) == nil && s.place(.nan) == nil)
        #expect(ticks(scale(.plain, [20, 90], isLogarithmic: true)) == ["20", "50", "100"])
    }
    /// No numbers, or only numbers that cannot be drawn.
    @Test func nothing() {
        for isLogarithmic in [false, true] {
            for values in [[], [.nan], [.infinity], [-1], [0], [1e300]] as [[Double]] {
                let s = scale(.plain, values, isLogarithmic: isLogarithmic)
                #expect(!s.ticks.isEmpty && s.ticks.count < 100)
                #expect((s.place(1) ?? -1) >= 0)
            }
        }
    }
    @Test func numbers() {
        let said = [0, 0.05, 1, 12.34, 999.7, 1234, 34_731_200].map { PlotScale.text($0, .bytes) }
        #expect(said == ["0 B", "0.05 B", "1 B", "12.3 B", "1 kB", "1.23 kB", "34.7 MB"])
        #expect(PlotScale.text(1_234_567, .plain) == "1.23 M" && PlotScale.text(12_345, .plain) == "12,345")
        #expect(PlotScale.text(0.985, .share) == "98.5 %" && PlotScale.text(-3, .plain) == "-3")
        #expect(PlotScale.text(.infinity, .plain) == "?")
    }
    @Test func picture() {
        let plot = Plot(
            "Growth", x: .init("N", .plain), y: .init("bytes", .bytes),
            [
                .init("formula", [(0, 0), (10, 1000)], .dashed, colour: 0),
                .init("measured", [(5, 500)], .dots, colour: 1),
                .init("curve", [(0, 0), (5, 100), (10, 300)], .steps, colour: 2), .init("", [], .line, colour: 3),
            ], notes: ["a note"])
        let s = String(decoding: PlotSVG.bytes("<b>&", "about", [plot, plot]), as: UTF8.self)
        #expect(s.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\"") && s.hasSuffix("</svg>\n"))
        #expect(s.contains("<title>&lt;b&gt;&amp;</title>") && !s.contains("<b>"))
        #expect(s.contains("prefers-color-scheme: dark") && s.contains(">a note</text>"))
        func count(_ part: String) -> Int { s.split(separator: part, omittingEmptySubsequences: false).count - 1 }
        // Each mark appears twice, in the legend and in the plot, for two plots.
        #expect(count("<circle ") == 4 && count("class=\"curve dashed\"") == 4 && count("class=\"curve\"") == 4)
        // The dot is in the middle of both axes.
        #expect(count("cx=\"459\" cy=\"") == 2)
        // The line runs to the right, then up.
        #expect(s.contains("H459V"))
    }
}
