*** Settings ***
Documentation       ContainerLibrary on two containers, CLIENT and SERVER, on the network NETWORK; SERVER serves 8000.

Library             ContainerLibrary
Library             OperatingSystem


*** Variables ***
${REACH}            python -c "import socket; socket.create_connection(('shop', 8000), 2)"


*** Test Cases ***
Its state and its log
    ${state} =    Get Container State    ${SERVER}
    Should Be Equal    ${state}    running
    Wait Until Container Is Healthy    ${SERVER}
    ${log} =    Get Container Log    ${SERVER}
    Should Contain    ${log}    serving
    ${last} =    Get Container Log    ${SERVER}    tail=1
    Should Contain    ${last}    GET /

A pause ends with its test
    Pause Container    ${SERVER}
    ${state} =    Get Container State    ${SERVER}
    Should Be Equal    ${state}    paused

After the pause
    ${state} =    Get Container State    ${SERVER}
    Should Be Equal    ${state}    running

A pulled cable ends with its test
    Disconnect Container    ${SERVER}    ${NETWORK}
    ${answer} =    Execute In Container    ${CLIENT}    timeout 1 ${REACH}
    Should Not Be Equal As Integers    ${answer}[status]    0

After the cable
    ${answer} =    Execute In Container    ${CLIENT}    ${REACH}
    Should Be Equal As Integers    ${answer}[status]    0

A cable is pulled and put back
    Disconnect Container    ${SERVER}    ${NETWORK}
    Reconnect Container    ${SERVER}    ${NETWORK}
    ${answer} =    Execute In Container    ${CLIENT}    ${REACH}
    Should Be Equal As Integers    ${answer}[status]    0

Stopped, started, killed, restarted
    Stop Container    ${SERVER}    grace=1 second
    Start Container    ${SERVER}
    Wait Until Container Is Healthy    ${SERVER}
    Kill Container    ${SERVER}
    ${state} =    Get Container State    ${SERVER}
    Should Be Equal    ${state}    exited
    Restart Container    ${SERVER}    grace=1 second
    Wait Until Container Is Healthy    ${SERVER}

Files
    Create File    ${OUTPUT DIR}/note.txt    hello
    Copy To Container    ${SERVER}    ${OUTPUT DIR}/note.txt    /tmp/note.txt
    ${answer} =    Execute In Container    ${SERVER}    cat /tmp/note.txt
    Should Be Equal    ${answer}[stdout]    hello
    Copy From Container    ${SERVER}    /tmp/note.txt    ${OUTPUT DIR}/back.txt
    File Should Not Be Empty    ${OUTPUT DIR}/back.txt

A limit ends with its test
    Limit Container    ${SERVER}    memory=100 MB    cpus=0.5    pids=50
    ${usage} =    Get Container Usage    ${SERVER}
    Should Be True    90_000_000 < ${usage}[memory_limit] <= 100_000_000

After the limit
    ${usage} =    Get Container Usage    ${SERVER}
    Should Be True    ${usage}[memory_limit] > 1_000_000_000

A partition ends with its test
    [Tags]    netadmin
    VAR    @{one}    ${CLIENT}
    VAR    @{other}    ${SERVER}
    Partition Containers    ${one}    ${other}    ways=one way
    ${answer} =    Execute In Container    ${CLIENT}    timeout 30 ${REACH}
    Should Not Be Equal As Integers    ${answer}[status]    0
    ${dropped} =    Get Dropped Packets
    Should Be True    ${dropped} > 0

After the partition
    ${answer} =    Execute In Container    ${CLIENT}    ${REACH}
    Should Be Equal As Integers    ${answer}[status]    0

Nobody of that name
    Run Keyword And Expect Error    *There is no container 'nobody'*    Start Container    nobody
