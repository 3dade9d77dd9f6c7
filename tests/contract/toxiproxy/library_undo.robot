*** Settings ***
Documentation       What a test breaks is whole again in the next one; what the suite setup breaks, only after the suite.
Library             ToxiproxyLibrary
Suite Setup         Break For The Suite

*** Test Cases ***
First test breaks things and fails
    Add Latency    web    500 ms    name=mine
    Cut Proxy    web
    Redirect Proxy    other    127.0.0.1:2
    Fail    on purpose

Second test finds them whole
    ${proxies} =    List Proxies
    Should Be Equal    ${proxies}[web][toxics]    ${{["of the suite"]}}
    Should Be True    ${proxies}[web][enabled]
    Should Be Equal    ${proxies}[other][upstream]    127.0.0.1:1

*** Keywords ***
Break For The Suite
    Connect To Toxiproxy    ${URL}
    Create Proxy    web    ${UPSTREAM}
    Create Proxy    other    127.0.0.1:1
    Add Latency    web    1 ms    name=of the suite
