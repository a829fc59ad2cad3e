internal import Text

extension PageText {
    /// Returns the link from a page to a folder. Both paths are as the command line names them.
    static func folder(_ path: String, from page: String) -> String {
        let way = RelativePath.from(folderOf: page, to: path)
        return link((way.hasPrefix("/") ? way : "./" + way) + "/")
    }
    /// Returns a path as a link.
    static func link(_ path: String) -> String { FileURI.escape(path, uppercase: false) }
}
