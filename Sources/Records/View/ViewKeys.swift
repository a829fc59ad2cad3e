internal import Capture
internal import Wire

extension ViewModel {
    /// Handles a key.
    public mutating func take(_ key: Key) -> ViewRequest {
        notice = ""
        if showsHelp {
            showsHelp = false
            return .none
        }
        if input != nil {
            return takeInInput(key)
        }
        if menu != nil {
            return takeInMenu(key)
        }
        switch key {
        case .character("q"): return .quit
        case .control("l"): return .redraw
        case .character("?"): showsHelp = true
        case .character("/"): input = FilterInput(filter?.text ?? "")
        case .character("n"): goToRemarkable(1, "below")
        case .character("N"): goToRemarkable(-1, "above")
        case .character("f"): openMenu()
        case .character("F"), .escape: if filter != nil { return apply(nil) }
        case .tab: turn(1)
        case .backTab: turn(-1)
        case .character("<"): shift(-10)
        case .character(">"): shift(10)
        default:
            switch pane {
            case .list: takeInList(key)
            case .tree: takeInTree(key)
            case .bytes: takeInBytes(key)
            }
        }
        return .none
    }
    private mutating func turn(_ step: Int) {
        let all = Pane.allCases
        let place = all.firstIndex(of: pane) ?? 0
        focus(all[(place + step + all.count) % all.count])
    }
    private mutating func goToRemarkable(_ step: Int, _ direction: String) {
        if !selectRemarkable(step) { notice = "no malformed message or finding \(direction)" }
    }

    // MARK: - Panes

    private mutating func takeInList(_ key: Key) {
        guard let row else { return }
        let page = max(1, layout.listRows - 1)
        switch key {
        case .up, .character("k"): select(row: row - 1)
        // At the end of the list the selection remains where the end is.
        case .down, .character("j"): if row + 1 < shown.end { select(row: row + 1) }
        case .pageUp: select(row: row - page)
        case .pageDown, .character(" "): if row + 1 < shown.end { select(row: row + page) }
        case .home, .character("g"): select(row: shown.start)
        case .end, .character("G"): selectEnd()
        case .left: shift(-10)
        case .right: shift(10)
        case .enter: focus(.tree)
        default: break
        }
    }
    private mutating func takeInTree(_ key: Key) {
        guard let tree, tree.shown.indices.contains(treeRow) else { return }
        let page = max(1, layout.treeRows - 1)
        switch key {
        case .up, .character("k"): select(treeRow: treeRow - 1)
        case .down, .character("j"): select(treeRow: treeRow + 1)
        case .pageUp: select(treeRow: treeRow - page)
        case .pageDown: select(treeRow: treeRow + page)
        case .home, .character("g"): select(treeRow: 0)
        case .end, .character("G"): select(treeRow: .max)
        case .enter, .character(" "): fold(nil)
        case .right: fold(false)
        case .left:
            let row = tree.rows[tree.shown[treeRow]]
            if row.isFoldable, !isFolded(row) {
                fold(true)
            } else if let parent = tree.parent(of: treeRow) {
                select(treeRow: parent)
            }
        default: break
        }
    }
    private mutating func takeInBytes(_ key: Key) {
        let page = 16 * max(1, layout.bytesRows - 1)
        switch key {
        case .up, .character("k"): if byte >= 16 { select(byte: byte - 16) }
        case .down, .character("j"): select(byte: byte + 16)
        case .left: select(byte: byte - 1)
        case .right: select(byte: byte + 1)
        case .pageUp: select(byte: byte - page)
        case .pageDown: select(byte: byte + page)
        case .home, .character("g"): select(byte: 0)
        case .end, .character("G"): select(byte: .max)
        case .enter: focus(.tree)
        default: break
        }
    }

    // MARK: - Filter

    private mutating func takeInInput(_ key: Key) -> ViewRequest {
        switch key {
        case .escape, .control("g"): input = nil
        case .enter:
            guard let text = input?.text else { return .none }
            do throws(FilterError) {
                let isEmpty = text.allSatisfy { $0 == " " }
                let filter = isEmpty ? nil : try Filter(text, definitions)
                input = nil
                return apply(filter)
            } catch {
                input?.error = error
            }
        default: input?.take(key)
        }
        return .none
    }
    private mutating func openMenu() {
        guard let message else { return notice = "no message is selected" }
        menu = choices.menu(message, options.names)
    }
    private mutating func takeInMenu(_ key: Key) -> ViewRequest {
        switch key {
        case .escape, .character("q"), .control("g"): menu = nil
        case .enter:
            guard let choice = menu?.choice else { return .none }
            menu = nil
            do throws(FilterError) { return apply(try Filter(choice.filter, definitions)) } catch {
                // This text comes from the program. It is shown as a typed filter, so that the user can correct it.
                input = FilterInput(choice.filter)
                input?.error = error
            }
        default: menu?.take(key)
        }
        return .none
    }
}
