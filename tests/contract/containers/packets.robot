*** Settings ***
Documentation    Every keyword of PacketsLibrary on two containers of somebody's own: SERVER and CLIENT.

Library          ContainerLibrary
Library          PacketsLibrary


*** Variables ***
${ASK}    import sys, time, urllib.request as u; t = time.monotonic(); u.urlopen(sys.argv[1], timeout=2).read();
...       print(time.monotonic() - t)


*** Test Cases ***
Packets are lost one way
    Lose Packets    ${SERVER}    ${CLIENT}    100%
    ${said} =    Execute In Container    ${CLIENT}    python -c "${ASK}" http://${ADDRESS}:8000/
    Should Contain    ${said}[stderr]    timed out
    ${lost} =    Get Lost Packets
    Should Be True    ${lost} > 0
    Packet Faults Should Have Bitten
    End Packet Faults
    Answers

What was lost passes again with the next test
    Answers
    ${lost} =    Get Lost Packets
    Should Be Equal As Integers    ${lost}    0

Packets are lost in bursts both ways
    Lose Packets    ${SERVER}    ${CLIENT}    25%    burst=2    ways=both ways
    Answers
    Answers
    Answers
    Packet Faults Should Have Bitten

A fault that touched nothing is inconclusive
    Lose Packets    ${SERVER}    ${CLIENT}    10%
    Run Keyword And Expect Error    Inconclusive: the packet_loss 10% downstream on * touched no packet.
    ...    Packet Faults Should Have Bitten
    End Packet Faults
    Run Keyword And Expect Error    Inconclusive: no packet fault is on.
    ...    Packet Faults Should Have Bitten

A line is thin
    Limit Packets    ${SERVER}    5 KB/s
    ${took} =    Answers
    Should Be True    ${took} > 0.3
    Packet Faults Should Have Bitten

A line is long
    Delay Packets    ${SERVER}    300 ms    network_name=${NETWORK}
    ${took} =    Answers
    Should Be True    ${took} >= 0.55
    Wait Until Keyword Succeeds    5s    100ms    Packet Faults Should Have Bitten

What cannot be is said
    Run Keyword And Expect Error    *A loss is of more than 0% of the packets, in bursts of 1 or more.
    ...    Lose Packets    ${SERVER}    ${CLIENT}    0%
    Run Keyword And Expect Error    *A line of 10 B/s carries no packet in a second*
    ...    Limit Packets    ${SERVER}    10 B/s
    Run Keyword And Expect Error    *There is no container 'nobody'*
    ...    Delay Packets    nobody    1 s
    Run Keyword And Expect Error    * has no address on a network 'nowhere'*
    ...    Delay Packets    ${SERVER}    1 s    network_name=nowhere
    Run Keyword And Expect Error    *'${SERVER}' and '${LONER}' share no network: *
    ...    Lose Packets    ${SERVER}    ${LONER}    10%


*** Keywords ***
Answers
    [Documentation]    The seconds that it took. How late it may be is not for a test to say.
    ${said} =    Execute In Container    ${CLIENT}
    ...    python -c "${{ $ASK.replace('timeout=2', 'timeout=60') }}" http://${ADDRESS}:8000/
    Should Be Equal As Integers    ${said}[status]    0    ${said}[stderr]
    RETURN    ${{ float($said['stdout']) }}
