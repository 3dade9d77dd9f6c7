*** Settings ***
Documentation       Keywords that only an embedded server serves, on one that the library starts by itself.
Library             ToxiproxyLibrary
Suite Setup         Create Proxy    web    ${UPSTREAM}

*** Test Cases ***
First connections fail
    Fail First Connections    web    2
    ${how} =    Wait Until Proxy Breaks Off    web
    Should Be Equal    ${how}    reset
    Wait Until Proxy Answers    web
    ${traffic} =    Get Proxy Traffic    web
    Should Be Equal As Integers    ${traffic}[failed]    2

Lost packets make it late
    Lose Packets    web    50%    correlation=10%    retransmit=100 ms
    Wait Until Round Trip Is At Least    web    100 ms

A shared bandwidth shows in the rate
    ${toxic} =    Limit Shared Bandwidth    web    100 KB/s
    Wait Until Rate Is At Most    web    100 KB/s    request=GET /big HTTP/1.0\r\n\r\n
    Remove Toxic    web    ${toxic}

Proxies are populated with toxics
    VAR    @{toxics}    ${{ {"type": "latency", "attributes": {"latency": 200}} }}
    VAR    &{slow}    name=slow    upstream=${UPSTREAM}    toxics=${toxics}
    Populate Proxies    ${slow}
    Wait Until Round Trip Is At Least    slow    200 ms

The engine is the embedded one
    ${engine} =    Get Toxiproxy Engine
    Should Be Equal    ${engine}    toxiproxy-embedded 2.12.0
