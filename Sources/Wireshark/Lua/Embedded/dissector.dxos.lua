
-- ---------------------------------------------------------------------------------------------------------------------
-- DXOS: what a payload holds. Of a call its method says it, else the type, in each of the forms in which builds write it;
-- bytes that are no such message stay bytes.

local by_method = openings["dxos.request_content.method"]
local by_type_url = openings["dxos.payload.type_url"]

local function field_named(type, name)
    for _, field in ipairs(types[type]) do
        if field.name == name then return field end
    end
end

-- The field of this name where its bytes are a message of its type, else the one that holds bytes.
local function opened(c, type, name, from, to)
    local first, last = c:content(2, from, to)
    local field = name and field_named(type, name)
    if field and first and c:can_be(field.type, first, last) then return field end
    return field_named(type, "value")
end

-- The two layouts of one name: v1 has a Timestamp where v3 has a PeerAvailable.
local function host_event(c, first, last)
    local from, to = c:content(1, first, last)
    if from then from, to = c:content(2, from, to) end
    return from and c:numbers(from, to).has_bytes and "host_event_v3" or "host_event"
end

choices["dxos.payload"] = function(c, from, to)
    local first, last = c:content(2, from, to)
    local outer, name = c.inside.outer, nil
    local is_call = outer and outer.type == "dxos.request_content" and c:content(3, outer.from, outer.to)
    if is_call then
        name = by_method[c:text(2, outer.from, outer.to) or ""]
    else
        local url = c:text(1, from, to) or ""
        name = by_type_url[url:match("^%.?([^/]*)$") or url:match("([^/]*)$")]
        if url == "" and first then
            local numbers = c:numbers(first, last)
            local is_message = numbers[3] or numbers[1] and numbers[2]
            name = is_message and "message" or next(numbers) and "swarm_event" or nil
        end
    end
    if name == "host_event" and first then name = host_event(c, first, last) end
    return opened(c, "dxos.payload", name, from, to)
end

choices["dxos.application_payload"] = function(c, from, to)
    return opened(c, "dxos.application_payload", openings["dxos.application_payload.type_url"][c:text(1, from, to) or ""], from, to)
end

-- Text in builds of 2022, later a Struct, in the same field.
choices["dxos.signal"] = function(c, from, to)
    local first, last = c:content(1, from, to)
    local is_struct = first and c:can_be("dxos.struct", first, last)
    return field_named("dxos.signal", is_struct and "payload" or "json")
end

choices["dxos.reliable_content"] = function(c, from, to)
    return opened(c, "dxos.reliable_content", openings["dxos.reliable_content.type_url"][c:text(1, from, to) or ""], from, to)
end

-- The message that bytes are: of the members of an RpcMessage the last one counts.
local keepalive = "__ping__"
function message_in(tvb)
    if tvb:len() == #keepalive and tvb:raw() == keepalive then return "dxos.keepalive" end
    local c, found = Cursor.new(tvb, nowhere, ""), nil
    local is_good = pcall(function()
        while c.at < c.limit do
            local number, wire = c:key()
            c:skip(number, wire)
            found = members[number * 8 + wire] or found
        end
    end)
    return found or is_good and "dxos.no_content" or nil
end

function begins(tvb)
    local name = message_in(tvb)
    return name and name ~= "dxos.no_content"
end
