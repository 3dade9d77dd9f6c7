*** Settings ***
Documentation    A user leaves and closes the application at any time: it never keeps him waiting, and loses nothing.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    priority:high


*** Test Cases ***
A quick flush pushes what it can and keeps the rest
    [Documentation]    A hundred messages wait behind a thin line: half a second is all that the user has.
    [Tags]    Z-LIFE-02
    Given Alice and Bob are syncing
     When Alice's upstream bandwidth is limited to 5 KB/s
      And Alice sends 100 messages of 4 KB
      And Alice's application flushes within 500 ms
      And Alice's bandwidth is back after 5 seconds
     Then Alice's application should have been free again within 500 ms
      And Alice should have kept what was not pushed
      And Bob should receive all 100 messages within 30 seconds

Losing focus never blocks
    [Documentation]    Nobody answers Alice's device, and who switches to another application does not notice.
    [Tags]    Z-LIFE-04
    Given Alice and Bob are syncing
     When Alice's network goes silent
      And Alice sends 20 messages
      And Alice's application loses focus
      And Alice's application gains focus
      And Alice's network is restored after 15 seconds
     Then Alice's application should have been free again within 500 ms
      And Bob should receive all 20 messages within 30 seconds

Gaining focus triggers sync
    [Documentation]    Whoever looks at the application again sees what there is, and not what there was.
    [Tags]    Z-LIFE-04
    Given Alice and Bob are syncing
     When Bob's application loses focus
      And Alice sends 20 messages
      And Bob's application gains focus
     Then Bob should have begun to sync within 100 ms of gaining focus
      And Bob's application should have been free again within 500 ms
      And Bob should receive all 20 messages within 10 seconds

Closing never blocks and loses nothing
    [Documentation]    What could not be pushed in half a second is pushed at the next start.
    [Tags]    Z-LIFE-05
    Given Alice and Bob are syncing
     When Alice's upstream bandwidth is limited to 2 KB/s
      And Alice sends 50 messages of 8 KB
      And Alice closes her application
      And Alice's bandwidth is back after 5 seconds
      And Alice starts again after 2 seconds
     Then Alice's application should have been free again within 500 ms
      And Alice should have kept what was not pushed
      And Bob should receive all 50 messages within 30 seconds
