
-- ---------------------------------------------------------------------------------------------------------------------
-- PeerPigeon: messages are told apart by their type. Wireshark's dissector of JSON shows the text as well.

local json_tree = Dissector.get("json")

function message_in(tvb, pinfo, tree)
    local is_object, type = text_member(tvb, "type")
    if not is_object then return nil end
    if pinfo then json_tree:call(tvb, pinfo, tree) end
    return members[type or ""] or "peerpigeon.unrouted"
end

function begins(tvb)
    local is_object, type = text_member(tvb, "type")
    return is_object and members[type or ""]
end
