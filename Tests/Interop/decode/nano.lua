-- Nano dissector for tshark with TCP reassembly and all current message types (tshark's own knows 0-9 only).
-- Written for this project, for measurements: it takes all messages apart, but knows no state and no contradictions.
local p = Proto("nanolua", "Nano (Lua)")
local f = p.fields
f.network = ProtoField.string("nl.network", "Network"); f.max = ProtoField.uint8("nl.max", "Max"); f.using = ProtoField.uint8("nl.using", "Using")
f.min = ProtoField.uint8("nl.min", "Min"); f.type = ProtoField.uint8("nl.type", "Type"); f.ext = ProtoField.uint16("nl.ext", "Ext", base.HEX)
f.ip = ProtoField.ipv6("nl.ip", "Peer"); f.port = ProtoField.uint16("nl.port", "Port")
for _, n in ipairs({"previous", "destination", "balance", "signature", "work", "source", "representative", "account", "link", "hash", "root", "cookie", "node_id", "salt", "genesis", "id", "payload", "telemetry", "timestamp"}) do f[n] = ProtoField.bytes("nl." .. n, n) end
f.block_type = ProtoField.uint8("nl.block_type", "Block type"); f.asc = ProtoField.uint8("nl.asc", "Asc type")
local bs = {[2] = 152, [3] = 136, [4] = 168, [5] = 136, [6] = 216}
local layout = {[2] = {{"previous", 32}, {"destination", 32}, {"balance", 16}, {"signature", 64}, {"work", 8}}, [3] = {{"previous", 32}, {"source", 32}, {"signature", 64}, {"work", 8}},
  [4] = {{"source", 32}, {"representative", 32}, {"account", 32}, {"signature", 64}, {"work", 8}}, [5] = {{"previous", 32}, {"representative", 32}, {"signature", 64}, {"work", 8}},
  [6] = {{"account", 32}, {"previous", 32}, {"representative", 32}, {"balance", 16}, {"link", 32}, {"signature", 64}, {"work", 8}}}
local function size(type, ext)
  local n = bit.band(bit.rshift(ext, 12), 15)
  if bit.band(ext, 1) ~= 0 then n = n * 16 + bit.band(bit.rshift(ext, 4), 15) end
  if type == 2 then return 144 elseif type == 3 then return bs[bit.band(bit.rshift(ext, 8), 15)] or 0 elseif type == 4 then return 64 * n elseif type == 5 then return 104 + 32 * n
  elseif type == 10 then return (bit.band(ext, 1) ~= 0 and 32 or 0) + (bit.band(ext, 2) ~= 0 and (bit.band(ext, 4) ~= 0 and 160 or 96) or 0)
  elseif type == 12 then return 0 elseif type == 13 then return bit.band(ext, 0x3ff) elseif type == 14 or type == 15 then return 9 + ext end
  return 0
end
local function len(buf, pinfo, o) return 8 + size(buf(o + 5, 1):uint(), buf(o + 6, 2):le_uint()) end
local function block(t, buf, o, k) for _, e in ipairs(layout[k]) do t:add(f[e[1]], buf(o, e[2])); o = o + e[2] end return o end
local function message(buf, pinfo, tree)
  local type, ext, n = buf(5, 1):uint(), buf(6, 2):le_uint(), buf:len()
  local t = tree:add(p, buf())
  t:add(f.network, buf(0, 2)); t:add(f.max, buf(2, 1)); t:add(f.using, buf(3, 1)); t:add(f.min, buf(4, 1)); t:add(f.type, buf(5, 1)); t:add_le(f.ext, buf(6, 2))
  local o = 8
  if type == 2 then for i = 0, 7 do t:add(f.ip, buf(o, 16)); t:add_le(f.port, buf(o + 16, 2)); o = o + 18 end
  elseif type == 3 then local k = bit.band(bit.rshift(ext, 8), 15); if layout[k] then block(t, buf, 8, k) end
  elseif type == 4 then while o < n do t:add(f.hash, buf(o, 32)); t:add(f.root, buf(o + 32, 32)); o = o + 64 end
  elseif type == 5 then t:add(f.account, buf(8, 32)); t:add(f.signature, buf(40, 64)); t:add(f.timestamp, buf(104, 8)); o = 112; while o < n do t:add(f.hash, buf(o, 32)); o = o + 32 end
  elseif type == 10 then if bit.band(ext, 1) ~= 0 then t:add(f.cookie, buf(o, 32)); o = o + 32 end
    if bit.band(ext, 2) ~= 0 then t:add(f.node_id, buf(o, 32)); t:add(f.salt, buf(o + 32, 32)); t:add(f.genesis, buf(o + 64, 32)); t:add(f.signature, buf(o + 96, 64)) end
  elseif type == 13 then t:add(f.telemetry, buf(8, n - 8))
  elseif type == 14 or type == 15 then local a = buf(8, 1):uint(); t:add(f.asc, buf(8, 1)); t:add(f.id, buf(9, 8)); o = 17
    if type == 15 and a == 1 then while buf(o, 1):uint() ~= 1 do local k = buf(o, 1):uint(); t:add(f.block_type, buf(o, 1)); o = block(t, buf, o + 1, k) end
    elseif type == 15 and a == 3 then while o < n do t:add(f.account, buf(o, 32)); t:add(f.hash, buf(o + 32, 32)); o = o + 64 end
    elseif o < n then t:add(f.payload, buf(o, n - o)) end
  end
  pinfo.cols.protocol = "NanoLua"
  return n
end
function p.dissector(buf, pinfo, tree) dissect_tcp_pdus(buf, tree, 8, len, function(b, i, t) return message(b, i, t) end) return buf:len() end
DissectorTable.get("tcp.port"):add(7075, p)
