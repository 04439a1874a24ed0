#!/bin/sh
# First calls with curl: who am I, what time is it here, what does it cost, one order and its end.
#
#   eval "$(simtrade env --user NAME --venue floor)"
#   sh quickstart.sh [SYMBOL]
set -eu
: "${APCA_API_BASE_URL:?set the five variables first: simtrade env, or the page API keys}"

call() ( # METHOD PATH [curl's options]: the answer's body; of a refusal its message, and failure
    method=$1 path=$2
    shift 2
    body=$(curl --silent --show-error --fail-with-body --max-time 30 --request "$method" \
        --header "APCA-API-KEY-ID: $APCA_API_KEY_ID" \
        --header "APCA-API-SECRET-KEY: $APCA_API_SECRET_KEY" \
        "$@" "$APCA_API_BASE_URL$path") || { echo "$method $path: $body" >&2; exit 1; }
    printf '%s' "$body"
)

field() { # JSON NAME: the first value of that name
    echo "$1" | grep -o "\"$2\":[^,}]*" | head -n 1 | cut -d : -f 2- | tr -d '"'
}

account=$(call GET /v2/account)
clock=$(call GET /v2/clock)
echo "cash      $(field "$account" cash) $(field "$account" currency)"
echo "time      $(field "$clock" timestamp), open: $(field "$clock" is_open)"

if [ $# -gt 0 ]; then
    asset=$(call GET "/v2/assets/$1")
else
    asset=$(call GET "/v2/assets?status=active") # the first of them, below
fi
symbol=$(field "$asset" symbol)
lot=$(field "$asset" min_order_size)
bar=$(call GET "/v2/stocks/$symbol/bars/latest")
price=$(field "$bar" c)
echo "price     $price for $symbol, traded in lots of $lot"

# Our own name of the order: sent again after a lost answer, it cannot become a second order.
name="quickstart-$(date +%s)-$$"
order=$(call POST /v2/orders --header 'Content-Type: application/json' --data "{
    \"symbol\": \"$symbol\", \"qty\": \"$lot\", \"side\": \"buy\", \"type\": \"limit\",
    \"limit_price\": \"$price\", \"time_in_force\": \"day\", \"client_order_id\": \"$name\"}")
id=$(field "$order" id)
echo "order     $id is $(field "$order" status)"

# If it has been filled by now, there is nothing to cancel, and the answer says so.
call DELETE "/v2/orders/$id" || true
sleep 1 # orders and cancels need a moment to the exchange, as everybody's do
order=$(call GET "/v2/orders:by_client_order_id?client_order_id=$name")
echo "order     $id is $(field "$order" status)"
