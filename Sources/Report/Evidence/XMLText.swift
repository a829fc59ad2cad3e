internal import Scenario

/// Text for XML: nothing in it is markup, and nothing that is invisible or changes how the rest is shown is left as it
/// is. So there is no character in it either that XML does not know.
enum XMLText {
    static func escape(_ s: String) -> String {
        var out = ""
        for c in Printable.text(s).unicodeScalars {
            switch c {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(c)
            }
        }
        return out
    }
}
