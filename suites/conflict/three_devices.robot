*** Settings ***
Documentation    Three devices on three networks end with the same.

Resource         ../../resources/sync.resource

Test Tags        conflict    L-3.3    priority:medium    slow


*** Test Cases ***
Three-device sync with varying connectivity
    [Documentation]    Alice is on a fast network, Bob on a slow one, and Carol's comes and goes.
    Given Alice, Bob and Carol are syncing
      And Bob's latency varies by 300 ms around 500 ms
     When Alice, Bob, and Carol send 20 messages each over 40 seconds
      And Carol's connection flaps every 5 seconds
     Then Alice, Bob and Carol should each have all 60 messages within 30 seconds
      And all devices should hold the same messages in the same order
