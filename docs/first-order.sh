#!/usr/bin/env bash
# Takes two orders through a running demo with every call visible: one from sign-up to delivered and a
# bottle given back, one from sign-up to refused at the door and refunded.
# Usage: docs/first-order.sh [ADDRESS]      (needs bash, curl and node)
set -euo pipefail
BASE=${1:-http://127.0.0.1:8080}
PASSWORD=${DEMO_PASSWORD:-tipple-demo-2026}
# The store and the driver that the demo's own people leave to you.
CLERK=${DEMO_CLERK:-clerk@demo.tipple.test}
DRIVER=${DEMO_DRIVER:-driver@demo.tipple.test}
OPERATOR=${DEMO_OPERATOR:-operator@demo.tipple.test}
# Where the demo puts its letters.
MAIL=${DEMO_MAIL:-$(cd "$(dirname "$0")/.." && pwd)/data/mail}

say() { printf '\n\033[1m%s\033[0m\n' "$*" >&2; }

# Stops the whole story, also from within a part of it.
trap 'exit 1' USR1
story=$$
stop() {
    echo "$*" >&2
    kill -USR1 "$story"
    exit 1
}

# call METHOD PATH [TOKEN] [BODY] [HEADER…]: makes the call, shows it, prints the answer's body.
call() {
    local method=$1 path=$2 token=${3:-} body=${4:-}
    shift $(($# < 4 ? $# : 4))
    local arguments=(-sS -X "$method" "$BASE$path" -w '\n%{http_code}')
    [[ -z $token ]] || arguments+=(-H "Authorization: Bearer $token")
    [[ -z $body ]] || arguments+=(-H 'Content-Type: application/json' -d "$body")
    local header
    for header in "$@"; do arguments+=(-H "$header"); done
    printf '\033[36m%s %s\033[0m %s\n' "$method" "$path" "$body" >&2
    local answer status
    answer=$(curl "${arguments[@]}")
    status=${answer##*$'\n'}
    answer=${answer%$'\n'*}
    printf '  \033[2m%s %s\033[0m\n' "$status" "${answer:0:400}" >&2
    if ((status >= 400)); then
        stop "That was refused: the story ends here."
    fi
    printf '%s' "$answer"
}

# field EXPRESSION: a part of the JSON on standard input, as in `field .items[0].store`.
field() {
    node -e '
        const answer = JSON.parse(require("fs").readFileSync(0, "utf8") || "null");
        const value = new Function("it", `return it${process.argv[1]}`)(answer);
        console.log(typeof value === "object" ? JSON.stringify(value) : String(value));
    ' "$1"
}

# await WHAT COMMAND…: repeats a quiet look until it succeeds, for half a minute.
await() {
    local what=$1
    shift
    for _ in {1..120}; do
        if "$@" >/dev/null 2>&1; then
            return
        fi
        sleep 0.25
    done
    stop "It never happened: $what"
}

sign_in() {
    call POST /v1/accounts/sign-in '' "{\"email\":\"$1\",\"password\":\"$2\"}" | field .access_token
}

state_is() { [[ $(call GET "/v1/orders/orders/$1" "$2" | field .state) == "$3" ]]; }

# code_for EMAIL: the code in the newest letter to that address.
code_for() {
    local letter
    letter=$(grep -lis "^To:.*$1" "$MAIL"/*.eml | tail -n 1)
    [[ -n $letter ]] && grep -oE '^[2-9B-DF-HJ-NP-TV-XZ]{4}-[2-9B-DF-HJ-NP-TV-XZ]{4}' "$letter" | head -n 1
}

# new_customer: signs someone up, with the code of the letter; prints the token.
new_customer() {
    local email="first-order-$RANDOM$RANDOM@example.com" flow
    flow=$(call POST /v1/accounts/sign-up '' "{\"email\":\"$email\",\"password\":\"correct horse battery\",\
\"given_name\":\"Robin\",\"family_name\":\"Reed\",\"date_of_birth\":\"1990-04-01\"}" | field .flow)
    await "a letter with the code lies in $MAIL" code_for "$email"
    call POST /v1/accounts/sign-up/confirm '' "{\"flow\":\"$flow\",\"code\":\"$(code_for "$email")\",\
\"password\":\"correct horse battery\"}" | field .access_token
}

# place CUSTOMER: fills a cart, checks out and pays; prints the order's and the payment's ids.
place() {
    local customer=$1 cart product total placed order intent secret key
    product=$(call GET "/v1/catalogue/stores/$STORE/listings?limit=5&category=spirits" "$customer" | field .items[0].product)
    call GET "/v1/catalogue/products/$product" >/dev/null
    cart=$(call POST /v1/cart/carts "$customer" "{\"store\":\"$STORE\"}" | field .cart)
    call PUT "/v1/cart/carts/$cart/lines/$product" "$customer" '{"quantity":1}' >/dev/null
    call PUT "/v1/cart/carts/$cart/destination" "$customer" "{\"recipient\":\"Robin Reed\",\
\"address\":\"500 Locust St, Des Moines, IA 50309\",\"place\":$DOOR}" >/dev/null
    call PUT "/v1/cart/carts/$cart/tip" "$customer" '{"amount":300}' >/dev/null
    total=$(call GET "/v1/cart/carts/$cart" "$customer" | field .quote.total)
    key="first-order-$RANDOM$RANDOM"
    placed=$(call POST /v1/orders/orders "$customer" "{\"cart\":\"$cart\",\"expected_total\":$total}" "Idempotency-Key: $key")
    order=$(field .order.order <<<"$placed")
    intent=$(field .payment.provider_payment <<<"$placed")
    secret=$(field .payment.client_secret <<<"$placed")
    say "The customer pays at the provider, on the provider's own address"
    call POST "/sandbox/v1/payment_intents/$intent/confirm" '' "{\"client_secret\":\"$secret\",\
\"card\":{\"number\":\"4242424242424242\",\"exp\":\"12/34\",\"cvc\":\"123\"}}" >/dev/null
    await "the money is confirmed" state_is "$order" "$customer" paid
    printf '%s %s' "$order" "$(field .payment.payment <<<"$placed")"
}

# Others may be offered it first; they leave it to you, and you leave to them what other stores packed.
offered() {
    local offer
    offer=$(call GET /v1/delivery/me "$driver" | field '?.offer')
    [[ $offer != undefined && $offer != null ]] || return 1
    [[ $(field .store.store <<<"$offer") != "$STORE" ]] || return 0
    call POST "/v1/delivery/offers/$(field .offer <<<"$offer")/decline" "$driver" '{}' >/dev/null
    return 1
}
ready() { [[ $(call GET /v1/delivery/me "$driver" | field '?.job?.ready') == true ]]; }

# fetch ORDER: the store accepts and packs, the driver takes it to the door; prints the job's id.
fetch() {
    local order=$1 offer job
    say "The store accepts and packs"
    call POST "/v1/orders/orders/$order/accept" "$clerk" '{}' >/dev/null
    call POST "/v1/orders/orders/$order/pack" "$clerk" '{}' >/dev/null
    say "The driver gets an offer, fetches it and drives to the door"
    await "an offer" offered
    offer=$(call GET /v1/delivery/me "$driver" | field .offer.offer)
    call POST "/v1/delivery/offers/$offer/accept" "$driver" '{}' >/dev/null
    await "the money is captured, so it may leave" ready
    job=$(call GET /v1/delivery/me "$driver" | field .job.job)
    call POST "/v1/delivery/jobs/$job/pick-up" "$driver" '{}' >/dev/null
    call POST "/v1/delivery/jobs/$job/arrive" "$driver" '{}' >/dev/null
    printf '%s' "$job"
}

command -v node >/dev/null || { echo "This script reads JSON with node: install Node.js." >&2; exit 1; }
curl -sSf "$BASE/healthz" >/dev/null || { echo "Nothing answers at $BASE: start the demo with \`make demo\`." >&2; exit 1; }

DOOR='{"lat":41.5873,"lon":-93.6240}'
say "A clerk opens the counter, a driver begins a shift at the store"
clerk=$(sign_in "$CLERK" "$PASSWORD")
STORE=$(call GET /v1/accounts/me "$clerk" | field '.roles.find(role => role.stores).stores[0]')
place=$(call GET "/v1/catalogue/stores/$STORE" | field .place)
driver=$(sign_in "$DRIVER" "$PASSWORD")
if [[ $(call GET /v1/delivery/me "$driver" | field .on_shift_since) != null ]]; then
    call DELETE /v1/delivery/shift "$driver" >/dev/null
fi
call POST /v1/delivery/shift "$driver" "{\"place\":$place}" >/dev/null

say "1. From sign-up to delivered"
customer=$(new_customer)
placed=$(place "$customer")
order=${placed% *} payment=${placed#* }
job=$(fetch "$order")
say "At the door: the document is checked, then it changes hands"
call POST "/v1/delivery/jobs/$job/check" "$driver" '{"document":{"kind":"driving_licence","date_of_birth":"1990-04-01","expires_on":"2032-01-01"},"name_matches":true,"sober":true}' >/dev/null
call POST "/v1/delivery/jobs/$job/hand-over" "$driver" '{"recipient_name":"Robin Reed"}' >/dev/null
await "delivered" state_is "$order" "$customer" delivered
call GET "/v1/orders/orders/$order" "$customer" | field '.history.map(event => event.what).join(" → ")' >&2
say "The bottle was broken: the customer asks for its money back, an operator agrees"
complaints="/v1/payments/orders/$order/complaints"
may_complain() { [[ $(call GET "$complaints" "$customer" | field '.can.includes("complain")') == true ]]; }
await "the order is known to be over" may_complain
line=$(call GET "$complaints" "$customer" | field .lines[0].line)
complaint=$(call POST "$complaints" "$customer" "{\"lines\":[{\"line\":\"$line\",\"units\":1}],\
\"reason\":\"damaged\",\"words\":\"The neck was broken off.\"}" "Idempotency-Key: broken")
operator=$(sign_in "$OPERATOR" "$PASSWORD")
call POST "/v1/payments/complaints/$(field .complaint <<<"$complaint")/answer" "$operator" \
    "{\"amount\":$(field .worth <<<"$complaint"),\"words\":\"We are sorry.\"}" >/dev/null
given_back() { [[ $(call GET "$complaints" "$customer" | field .items[0].state) == refunded ]]; }
await "the money is back" given_back
told() { [[ $(call GET "/v1/notifications/messages?order=$order" "$customer" | field .items[0].kind) == refunded ]]; }
await "the customer is told" told

say "2. From sign-up to refused at the door and refunded"
customer=$(new_customer)
placed=$(place "$customer")
order=${placed% *} payment=${placed#* }
job=$(fetch "$order")
say "At the door: someone shows a document that says they are 17"
call POST "/v1/delivery/jobs/$job/check" "$driver" '{"document":{"kind":"driving_licence","date_of_birth":"2009-06-01","expires_on":"2032-01-01"},"name_matches":true,"sober":true}' >/dev/null
call POST "/v1/delivery/jobs/$job/refuse" "$driver" '{"because":"under_age","note":""}' >/dev/null
await "returning" state_is "$order" "$customer" returning
call POST "/v1/delivery/jobs/$job/return" "$driver" '{}' >/dev/null
await "closed" state_is "$order" "$customer" closed
refunded() { (($(call GET "/v1/payments/payments/$payment" "$customer" | field .refunded.amount) > 0)); }
await "refunded" refunded
call GET "/v1/payments/payments/$payment" "$customer" >/dev/null
operator=$(sign_in "$OPERATOR" "$PASSWORD")
call GET /v1/payments/ledger/balance "$operator" >/dev/null
say "Both orders are at their ends: one delivered and its bottle given back, one closed with its money back."
