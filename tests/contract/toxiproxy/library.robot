*** Settings ***
Documentation       Every keyword of ToxiproxyLibrary at work on a real server. UPSTREAM is an HTTP server that
...                 answers / with 20 bytes and /big with 20,000.
Library             ToxiproxyLibrary
Library             Collections
Suite Setup         Connect
Test Setup          Create Proxy    web    ${UPSTREAM}
Test Teardown       Delete Proxy    web

*** Variables ***
${URL}      ${None}
${BIG}      GET /big HTTP/1.0\r\n\r\n

*** Test Cases ***
Latency shows in the round trip and goes when it is removed
    Wait Until Proxy Answers    web
    ${toxic} =    Add Latency    web    200 ms    jitter=10 ms
    Should Be Equal    ${toxic}    latency_downstream
    ${round trip} =    Wait Until Round Trip Is At Least    web    190 ms    within=5 seconds
    Should Be True    $round_trip.seconds < 1
    Update Toxic    web    ${toxic}    latency=300    jitter=0
    Wait Until Round Trip Is At Least    web    300 ms
    Remove Toxic    web    ${toxic}
    ${round trip} =    Wait Until Proxy Answers    web
    Should Be True    $round_trip.seconds < 0.29

Bandwidth shows in the rate
    Limit Bandwidth    web    100 KB/s
    ${rate} =    Wait Until Rate Is At Most    web    100 KB/s    request=${BIG}
    Should Be True    50e3 < $rate.bytes_per_s

A cut refuses connections and a restored proxy answers
    Cut Proxy    web
    Wait Until Proxy Refuses    web
    ${proxy} =    Get Proxy    web
    Should Not Be True    ${proxy}[enabled]
    Restore Proxy    web
    Wait Until Proxy Answers    web

A black hole is silent
    Swallow Data    web    direction=upstream
    Wait Until Proxy Is Silent    web    300 ms

Swallowing with a timeout closes
    Swallow Data    web    timeout=100 ms
    ${how} =    Wait Until Proxy Breaks Off    web
    Should Be Equal    ${how}    closed

Connections are reset
    Reset Connections    web    timeout=10 ms
    ${how} =    Wait Until Proxy Breaks Off    web
    Should Be Equal    ${how}    reset

Every other toxic is accepted and listed
    Delay Close    web    1 second    direction=upstream    toxicity=50%    name=slow end
    Slice Data    web    64 B    size_variation=32 B    delay=0.5 ms
    Limit Data    web    10 KB
    ${cut} =    Cut One Way    web    upstream
    ${toxics} =    List Toxics    web
    VAR    @{names}    slow end    ${cut}    slicer_downstream    limit_data_downstream
    ${listed} =    Evaluate    [toxic["name"] for toxic in $toxics]
    Lists Should Be Equal    ${listed}    ${names}
    Should Be Equal As Numbers    ${toxics}[0][toxicity]    0.5
    Should Be Equal As Integers    ${toxics}[2][attributes][delay]    500
    Set Toxicity    web    slow end    100%
    Reset Toxiproxy
    ${toxics} =    List Toxics    web
    Should Be Empty    ${toxics}

A flap cuts and ends restored
    ${cuts} =    Flap Proxy    web    every=200 ms    down=50 ms    length=500 ms
    Should Be Equal As Integers    ${cuts}    3
    Wait Until Proxy Answers    web

Proxies are listed, redirected and populated
    VAR    &{same}    name=web    upstream=${UPSTREAM}
    VAR    &{other}    name=other    upstream=127.0.0.1:1    enabled=False
    ${addresses} =    Populate Proxies    ${same}    ${other}
    Length Should Be    ${addresses}    2
    Redirect Proxy    other    127.0.0.1:2
    ${proxies} =    List Proxies
    Should Be Equal    ${proxies}[other][upstream]    127.0.0.1:2
    Should Not Be True    ${proxies}[other][enabled]
    [Teardown]    Delete All

*** Keywords ***
Connect
    ${url} =    Connect To Toxiproxy    ${URL}
    ${engine} =    Get Toxiproxy Engine
    Should Start With    ${engine}    toxiproxy

Should Start With
    [Arguments]    ${text}    ${start}
    Should Be True    $text.startswith($start)

Delete All
    ${proxies} =    List Proxies
    FOR    ${name}    IN    @{proxies}
        Delete Proxy    ${name}
    END
