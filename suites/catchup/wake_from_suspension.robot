*** Settings ***
Documentation    A process that stood still wakes up like a machine that slept.

Resource         ../../resources/sync.resource

Test Tags        catchup    L-2.1    priority:high


*** Test Cases ***
Wake after the whole process was suspended
    [Documentation]    The same with SIGSTOP: the process stands still in whatever it did, and real time passes.
    [Tags]    slow
    Given Alice and Bob are syncing
      And Bob's last sync marker is at message 50
      And Bob's process is suspended
     When Alice sends messages 51 to 100
      And Bob's process is resumed after 35 seconds
     Then Bob should run catch-up before advancing his marker
      And Bob should receive messages 51 to 100 within 30 seconds
      And Bob's marker should never have skipped a message
