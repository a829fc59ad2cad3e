
-- ---------------------------------------------------------------------------------------------------------------------
-- Nano: the sequences of legacy bootstrap. A sequence has the `name` of its next item, and the sequence after it (`rest`) if
-- that is a different one.

local pending = { [0] = "nano.pending_amount", "nano.pending_address", "nano.pending_block" }  -- by the flags

answers["nano.bulk_pull"] = function() return { name = "nano.bulk_block" } end
answers["nano.frontier_req"] = function() return { name = "nano.frontier" } end
answers["nano.bulk_pull_account"] = function(tvb)
    local name = pending[tvb(tvb:len() - 1, 1):uint()]
    return name and { name = "nano.account_frontier", rest = { name = name } }
end
followers["nano.bulk_push"] = function() return { name = "nano.bulk_block" } end

-- Returns the rest of a sequence after an item; nil at its end, which is a block without content, or an item of zeros.
local function rest_of(sequence, item)
    if sequence.rest then return sequence.rest end
    if sequence.name == "nano.bulk_block" then return item:len() > 1 and sequence or nil end
    return nonzero(item()) == 1 and sequence or nil
end
